package io.turnwise.app.reset;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.TopicPartition;

/**
 * What a reset will do.
 *
 * @param changelogs topics it deletes
 * @param strangers topics that look like changelogs of the application, and are of no store of this
 *     release: they are left alone
 * @param offsets where reading begins, of the partitions for which that is not as it was
 * @param before where it would have begun
 * @param folder what it deletes on this machine
 */
record Plan(
    SortedSet<String> changelogs,
    SortedSet<String> strangers,
    Map<TopicPartition, Long> offsets,
    Map<TopicPartition, Long> before,
    Optional<LocalState> folder) {
  boolean isEmpty() {
    return changelogs.isEmpty() && offsets.isEmpty() && folder.isEmpty();
  }

  /** One line for each thing. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    changelogs.forEach(topic -> lines.add("delete the topic   " + topic));
    SortedMap<String, TreeSet<Integer>> topics = new TreeMap<>();
    offsets
        .keySet()
        .forEach(
            at -> topics.computeIfAbsent(at.topic(), t -> new TreeSet<>()).add(at.partition()));
    topics.forEach(
        (topic, partitions) ->
            partitions.forEach(
                partition -> {
                  TopicPartition at = new TopicPartition(topic, partition);
                  lines.add(
                      "read on from       "
                          + at
                          + " at "
                          + offsets.get(at)
                          + (before.containsKey(at) ? ", not at " + before.get(at) : ""));
                }));
    folder.ifPresent(state -> lines.add("delete the folder  " + state.folder()));
    strangers.forEach(
        topic -> lines.add("leave alone        " + topic + ", of no store of this release"));
    return lines;
  }
}
