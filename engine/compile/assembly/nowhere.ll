; A system on which threads cannot wait for a word: the team has one member, who never sleeps.

define internal void @wait(ptr %word, i32 %value) {
  ret void
}

define internal void @wake(ptr %word) {
  ret void
}

define internal void @yield() {
  ret void
}
