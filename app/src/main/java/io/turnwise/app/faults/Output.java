package io.turnwise.app.faults;

/**
 * A committed record as a consumer saw it.
 *
 * @param kind which of the topics it came on
 * @param key the call's id
 * @param value the bytes of its value; not copied
 * @param nanos when it was seen, on {@link System#nanoTime()}'s clock
 */
record Output(Kind kind, String key, byte[] value, long nanos) {
  /** The topics that are watched. */
  enum Kind {
    SPEAKER_EMBEDDINGS("speaker-embeddings"),
    SPEAKER_CHANGES("speaker-changes"),
    DEAD_LETTERS("dead-letters");

    private final String topic;

    Kind(String topic) {
      this.topic = topic;
    }

    /** The topic's name without the run's prefix. */
    String topic() {
      return topic;
    }
  }
}
