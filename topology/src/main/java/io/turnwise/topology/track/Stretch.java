package io.turnwise.topology.track;

/**
 * One piece of a channel, and what is believed and published of it.
 *
 * @param fromMillis media time of its first middle of speech
 * @param untilMillis media time of its last
 * @param weight how many full segments it counts for
 * @param voice number of the voice it is believed to be of
 * @param published number of the voice it was published as; or {@link ChannelMemory#NOBODY}, {@link
 *     ChannelMemory#UNKNOWN}
 * @param place its place among the channel's windows, or among the call's passages
 * @param isWindow which of them
 */
record Stretch(
    long fromMillis,
    long untilMillis,
    double weight,
    int voice,
    int published,
    int place,
    boolean isWindow) {}
