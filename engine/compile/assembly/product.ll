; A product of two matrices, by BLAS. In the row: whether each is transposed ("t" or "n"), m, n, k, the elements from one
; row to the next of each, and the three arrays. BLAS counts in columns: C = A B by rows is C' = B' A' by columns. It
; takes the address of each number; where its integers have 4 bytes, these are the lower half of ours.

declare void @trenza_LETTERgemm(ptr, ptr, ptr, ptr, ptr, ptr, ptr, ptr, ptr, ptr, ptr, ptr, ptr)
@LETTER_one = private constant TYPE 1.0
@LETTER_zero = private constant TYPE 0.0

define i32 @LETTER_product(ptr %row, i64 %worker) {
  %tb = getelementptr i64, ptr %row, i64 1
  %m = getelementptr i64, ptr %row, i64 2
  %n = getelementptr i64, ptr %row, i64 3
  %k = getelementptr i64, ptr %row, i64 4
  %lda = getelementptr i64, ptr %row, i64 5
  %ldb = getelementptr i64, ptr %row, i64 6
  %ldc = getelementptr i64, ptr %row, i64 7
  %a_at = getelementptr i64, ptr %row, i64 12
  %b_at = getelementptr i64, ptr %row, i64 21
  %c_at = getelementptr i64, ptr %row, i64 30
  %a = load ptr, ptr %a_at
  %b = load ptr, ptr %b_at
  %c = load ptr, ptr %c_at
  call void @trenza_LETTERgemm(ptr %tb, ptr %row, ptr %n, ptr %m, ptr %k, ptr @LETTER_one,
      ptr %b, ptr %ldb, ptr %a, ptr %lda, ptr @LETTER_zero, ptr %c, ptr %ldc)
  ret i32 0
}
