"""The document: plain data with stable ids, changed only by edits that can be undone. Knows no window."""
