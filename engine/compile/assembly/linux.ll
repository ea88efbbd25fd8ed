; Sleep until a word is no longer `value`, wake all who sleep on it, and let others have the processor.

declare i64 @syscall(i64, ...)
declare i32 @sched_yield()

define internal void @wait(ptr %word, i32 %value) {
  %slept = call i64 (i64, ...) @syscall(i64 FUTEX, ptr %word, i32 128, i32 %value, ptr null)
  ret void
}

define internal void @wake(ptr %word) {
  %woken = call i64 (i64, ...) @syscall(i64 FUTEX, ptr %word, i32 129, i32 2147483647)
  ret void
}

define internal void @yield() {
  %done = call i32 @sched_yield()
  ret void
}
