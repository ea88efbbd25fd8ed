; Sleep until a word is no longer `value`, wake all who sleep on it, and let others have the processor.

declare i32 @WaitOnAddress(ptr, ptr, i64, i32)
declare void @WakeByAddressAll(ptr)
declare i32 @SwitchToThread()

define internal void @wait(ptr %word, i32 %value) {
  %place = alloca i32
  store i32 %value, ptr %place
  %slept = call i32 @WaitOnAddress(ptr %word, ptr %place, i64 4, i32 -1)
  ret void
}

define internal void @wake(ptr %word) {
  call void @WakeByAddressAll(ptr %word)
  ret void
}

define internal void @yield() {
  %done = call i32 @SwitchToThread()
  ret void
}
