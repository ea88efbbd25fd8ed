; Writes numbers down, run after run. In the row: how many lines are written, how many there is room for, where they
; are, how many numbers a line has, and where each of these lies.

define i32 @note(ptr %row, i64 %worker) {
start:
  %line = load i64, ptr %row
  %room_at = getelementptr i64, ptr %row, i64 1
  %room = load i64, ptr %room_at
  %is_full = icmp sge i64 %line, %room
  br i1 %is_full, label %done, label %begin
begin:
  %lines_at = getelementptr i64, ptr %row, i64 2
  %lines = load ptr, ptr %lines_at
  %count_at = getelementptr i64, ptr %row, i64 3
  %count = load i64, ptr %count_at
  %first = mul i64 %line, %count
  br label %loop
loop:
  %i = phi i64 [0, %begin], [%next, %loop]
  %place = add i64 %i, 4
  %from_at = getelementptr i64, ptr %row, i64 %place
  %from = load ptr, ptr %from_at
  %single = load float, ptr %from
  %number = fpext float %single to double
  %position = add i64 %first, %i
  %to = getelementptr double, ptr %lines, i64 %position
  store double %number, ptr %to
  %next = add i64 %i, 1
  %more = icmp slt i64 %next, %count
  br i1 %more, label %loop, label %end
end:
  %written = add i64 %line, 1
  store i64 %written, ptr %row
  br label %done
done:
  ret i32 0
}
