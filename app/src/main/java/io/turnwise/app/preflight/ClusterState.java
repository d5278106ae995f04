package io.turnwise.app.preflight;

import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * What a cluster says of itself, read once and changed nowhere.
 *
 * @param brokers how many answer for it
 * @param topics by name: those that are asked for
 * @param broker settings of one of the brokers; empty where this user may not see them
 * @param groupRefusal why this user may not read as the application's group; empty where it may
 * @param transactionRefusal why this user may not look at the application's transactions; likewise
 * @param newestMillis the latest time that a record of the input carries; empty where there is none
 */
record ClusterState(
    int brokers,
    SortedMap<String, TopicState> topics,
    Optional<Map<String, String>> broker,
    Optional<String> groupRefusal,
    Optional<String> transactionRefusal,
    Optional<Long> newestMillis) {}
