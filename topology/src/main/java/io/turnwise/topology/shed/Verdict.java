package io.turnwise.topology.shed;

/** What becomes of a segment with enough speech in it. */
public enum Verdict {
  EMBED,
  /** Left out; its speech is in the segment before and the one after. */
  LEAVE_TO_NEIGHBOURS,
  /** Left out; a stretch of speech that was heard fades out in it. */
  LEAVE_FADING
}
