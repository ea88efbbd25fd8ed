; Runs `count` kernels one after the other, each on up to so many threads; returns the number of the one that failed, or
; -1.

define i64 @replay(ptr %entries, ptr %rows, i64 %count, i64 %threads) {
start:
  %team = sub i64 0, %threads
  %word = call i32 @exchange(i32 FLUSH)
  %is_none = icmp sle i64 %count, 0
  br i1 %is_none, label %done, label %loop
loop:
  %i = phi i64 [0, %start], [%next, %well]
  %entry_at = getelementptr ptr, ptr %entries, i64 %i
  %entry = load ptr, ptr %entry_at
  %row_at = getelementptr ptr, ptr %rows, i64 %i
  %row = load ptr, ptr %row_at
  %status = call i32 %entry(ptr %row, i64 %team)
  %failed = icmp ne i32 %status, 0
  br i1 %failed, label %done, label %well
well:
  %next = add i64 %i, 1
  %more = icmp slt i64 %next, %count
  br i1 %more, label %loop, label %done
done:
  %result = phi i64 [-1, %start], [%i, %loop], [-1, %well]
  %flushed = call i32 @exchange(i32 %word)
  ret i64 %result
}

; Runs kernels side by side. In the row: how many, where their entries are, and where their rows.
define i32 @fork(ptr %row, i64 %worker) {
  %count = load i64, ptr %row
  %status = call i32 @trenza_divide(ptr @branch, ptr %row, i64 %count, i64 %worker)
  ret i32 %status
}

define internal i32 @branch(ptr %row, i64 %number, i64 %worker) {
  %entries_at = getelementptr i64, ptr %row, i64 1
  %rows_at = getelementptr i64, ptr %row, i64 2
  %entries = load ptr, ptr %entries_at
  %rows = load ptr, ptr %rows_at
  %entry_at = getelementptr ptr, ptr %entries, i64 %number
  %row_at = getelementptr ptr, ptr %rows, i64 %number
  %entry = load ptr, ptr %entry_at
  %its_row = load ptr, ptr %row_at
  %status = call i32 %entry(ptr %its_row, i64 %worker)
  ret i32 %status
}
