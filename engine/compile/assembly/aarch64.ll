; ARM's processors keep their control word; a thread that waits busily says so.

declare void @llvm.aarch64.hint(i32)

define i32 @exchange(i32 %word) {
  ret i32 %word
}

define internal void @pause() {
  call void @llvm.aarch64.hint(i32 1)
  ret void
}
