package io.turnwise.app.models;

/** Is told how a download goes; one thread. */
interface Progress {
  /** So many bytes are here, of {@code total}, or of nobody knows how many where that is 0. */
  void received(long bytes, long total);

  /** Something that the user may want to know: one sentence. */
  void note(String sentence);

  /** No more bytes are to come for now. */
  void ended();
}
