package io.turnwise.topology;

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

  private Names() {}
}
