package io.turnwise.topology;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Names of the topology's nodes and stores; stores become changelog topics, so a change migrates.
 */
public final class Names {
  public static final String AUDIO_CHUNKS = "audio-chunks";
  public static final String SEGMENT = "segment";
  public static final String SEGMENT_AUDIO = "segment-audio";
  public static final String SEGMENT_CHANNELS = "segment-channels";
  public static final String EMBED = "embed";
  public static final String ORDER = "order";
  public static final String ORDER_CALLS = "order-calls";
  public static final String TRACK = "track";
  public static final String TRACK_VOICES = "track-voices";
  public static final String TRACK_MODELS = "track-models";
  public static final String REPLAY = "replay";
  public static final String REPLAY_CALLS = "replay-calls";
  public static final String SPEAKER_REGISTRY = "speaker-registry";
  public static final String REGISTRY = "registry";
  public static final String SPEAKER_EMBEDDINGS = "speaker-embeddings";
  public static final String SPEAKER_CHANGES = "speaker-changes";
  public static final String DEAD_LETTERS = "dead-letters";

  /** How the topic of a store that Kafka Streams replicates ends. */
  public static final String CHANGELOG = "-changelog";

  /** The replicated stores of the topology from audio. */
  public static final List<String> AUDIO_STORES =
      List.of(SEGMENT_AUDIO, SEGMENT_CHANNELS, ORDER_CALLS, TRACK_VOICES);

  /** The replicated stores of the topology from embeddings. */
  public static final List<String> EMBEDDINGS_STORES =
      List.of(REPLAY_CALLS, ORDER_CALLS, TRACK_VOICES, TRACK_MODELS);

  private Names() {}

  /** The topic that replicates a store of an application, as Kafka Streams names it. */
  public static String changelog(String applicationId, String store) {
    return applicationId + "-" + store + CHANGELOG;
  }

  /** The changelogs of an application, whichever topology it runs. */
  public static Set<String> changelogs(String applicationId) {
    return Stream.concat(AUDIO_STORES.stream(), EMBEDDINGS_STORES.stream())
        .map(store -> changelog(applicationId, store))
        .collect(Collectors.toUnmodifiableSet());
  }
}
