; A product of two matrices, by BLAS, whose rows threads share. In the row of arguments: how many parts there are,
; whether each matrix is transposed ("t" or "n"), m, n, k, the elements from one row to the next of each, and the three
; arrays. BLAS counts in columns: C = A B by rows is C' = B' A' by columns. It takes the address of each number; where
; its integers have 4 bytes, these are the lower half of ours.

declare void @trenza_LETTERgemm(ptr, ptr, ptr, ptr, ptr, ptr, ptr, ptr, ptr, ptr, ptr, ptr, ptr)
@LETTER_one = private constant TYPE 1.0
@LETTER_zero = private constant TYPE 0.0

define i32 @LETTER_product(ptr %row, i64 %worker) {
  %parts = load i64, ptr %row
  %status = call i32 @trenza_divide(ptr @LETTER_rows, ptr %row, i64 %parts, i64 %worker)
  ret i32 %status
}

define internal i32 @LETTER_rows(ptr %row, i64 %part, i64 %worker) {
  %parts = load i64, ptr %row
  %m_at = getelementptr i64, ptr %row, i64 3
  %m = load i64, ptr %m_at
  %first_product = mul i64 %m, %part
  %first = udiv i64 %first_product, %parts
  %next = add i64 %part, 1
  %last_product = mul i64 %m, %next
  %last = udiv i64 %last_product, %parts
  %count = sub i64 %last, %first
  %rows = alloca i64
  store i64 %count, ptr %rows

  %ta = getelementptr i64, ptr %row, i64 1
  %tb = getelementptr i64, ptr %row, i64 2
  %n = getelementptr i64, ptr %row, i64 4
  %k = getelementptr i64, ptr %row, i64 5
  %lda_at = getelementptr i64, ptr %row, i64 6
  %ldb_at = getelementptr i64, ptr %row, i64 7
  %ldc_at = getelementptr i64, ptr %row, i64 8
  %a_at = getelementptr i64, ptr %row, i64 13
  %b_at = getelementptr i64, ptr %row, i64 22
  %c_at = getelementptr i64, ptr %row, i64 31
  %a = load ptr, ptr %a_at
  %b = load ptr, ptr %b_at
  %c = load ptr, ptr %c_at

  %flag = load i64, ptr %ta
  %is_transposed = icmp eq i64 %flag, 116
  %lda = load i64, ptr %lda_at
  %apart = select i1 %is_transposed, i64 1, i64 %lda
  %ahead = mul i64 %first, %apart
  %own_a = getelementptr TYPE, ptr %a, i64 %ahead
  %ldc = load i64, ptr %ldc_at
  %below = mul i64 %first, %ldc
  %own_c = getelementptr TYPE, ptr %c, i64 %below
  call void @trenza_LETTERgemm(ptr %tb, ptr %ta, ptr %n, ptr %rows, ptr %k, ptr @LETTER_one,
      ptr %b, ptr %ldb_at, ptr %own_a, ptr %lda_at, ptr @LETTER_zero, ptr %own_c, ptr %ldc_at)
  ret i32 0
}
