package io.turnwise.topology.track;

import io.turnwise.avro.DecisionKind;
import io.turnwise.avro.Role;
import java.time.Instant;

/**
 * From {@code atMillis} on, another voice speaks on a channel.
 *
 * @param revision number of the change within its call, from 1 and without holes
 * @param atMillis media time at which the voice began
 * @param speaker who speaks from then on
 * @param enrolled whether {@code speaker} is an enrolled voice
 * @param previousSpeaker who spoke on the channel before; empty at the channel's first change
 * @param decision how the speaker was recognised
 * @param score cosine with the speaker's centroid, -1 to 1; for a new voice with the nearest one
 *     known before, -1 where there was none
 * @param margin how far the score is above the runner-up's; for a new voice how far it is below the
 *     threshold; 0 to 2
 * @param capturedAt when the audio that decided was captured to its end
 */
public record Change(
    long revision,
    int channel,
    Role role,
    long atMillis,
    String speaker,
    boolean enrolled,
    String previousSpeaker,
    DecisionKind decision,
    float score,
    float margin,
    Instant capturedAt,
    String fingerprint) {}
