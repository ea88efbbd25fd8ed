; Sleep until a word is no longer `value`, wake all who sleep on it, and let others have the processor.

declare i32 @__ulock_wait(i32, ptr, i64, i32)
declare i32 @__ulock_wake(i32, ptr, i64)
declare i32 @sched_yield()

define internal void @wait(ptr %word, i32 %value) {
  %wide = zext i32 %value to i64
  %slept = call i32 @__ulock_wait(i32 1, ptr %word, i64 %wide, i32 0)
  ret void
}

define internal void @wake(ptr %word) {
  %woken = call i32 @__ulock_wake(i32 257, ptr %word, i64 0)
  ret void
}

define internal void @yield() {
  %done = call i32 @sched_yield()
  ret void
}
