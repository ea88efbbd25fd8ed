; Other processors keep their control word, and have no common word for a moment's rest.

define i32 @exchange(i32 %word) {
  ret i32 %word
}

define internal void @pause() {
  ret void
}
