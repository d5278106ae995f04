package io.turnwise.topology.track;

import io.turnwise.avro.ChangeType;
import io.turnwise.avro.DecisionKind;
import io.turnwise.avro.Role;
import java.time.Instant;

/**
 * One event of a call; {@link io.turnwise.avro.SpeakerChange} says what the types mean.
 *
 * @param revision number of the event within its call, from 1 and without holes
 * @param atMillis media time from which it holds
 * @param untilMillis media time up to which it holds; {@link #OPEN} but for a reassignment
 * @param speaker whom it is about; empty where nobody may be named
 * @param enrolled whether {@code speaker} is an enrolled voice
 * @param previousSpeaker whose it was before; empty where nobody was named
 * @param tentative whether it may well be taken back
 * @param decision how the speaker was recognised
 * @param score cosine with the speaker's centroid, -1 to 1; for a new voice with the nearest one
 *     known before, -1 where there was none
 * @param margin how far the score is above the runner-up's; for a new voice how far it is below the
 *     threshold; 0 to 2
 * @param logLikelihoodRatio of the deciding speech being the speaker's against its being somebody
 *     else's, natural logarithm; NaN where not known
 * @param capturedAt when the audio that decided was captured to its end
 */
public record Change(
    long revision,
    ChangeType type,
    int channel,
    Role role,
    long atMillis,
    long untilMillis,
    String speaker,
    boolean enrolled,
    String previousSpeaker,
    boolean tentative,
    DecisionKind decision,
    float score,
    float margin,
    float logLikelihoodRatio,
    Instant capturedAt,
    String fingerprint) {
  static final long OPEN = -1;
}
