package io.turnwise.topology;

import io.turnwise.inference.model.ModelCatalog;
import io.turnwise.inference.model.ProviderChoice;
import io.turnwise.inference.speech.SpeechGates;
import io.turnwise.serdes.Contract;
import io.turnwise.topology.shed.Shedding;
import io.turnwise.topology.shed.SheddingRules;
import io.turnwise.topology.track.TrackerSettings;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigException;

/** The settings of the topology, validated. Times are in milliseconds. Immutable. */
public final class TurnwiseSettings {
  public static final String HOP = "turnwise.hop.ms";
  public static final String REORDER_HORIZON = "turnwise.reorder.horizon.ms";
  public static final String GAP_FILL = "turnwise.gap.fill.ms";
  public static final String IDLE = "turnwise.idle.ms";
  public static final String FORGET = "turnwise.forget.ms";
  public static final String CHANNELS_MAX = "turnwise.channels.max";
  public static final String CALL_CHANNELS_MAX = "turnwise.call.channels.max";
  public static final String SPEECH_MIN = "turnwise.speech.min.ms";
  public static final String MODEL = "turnwise.model";
  public static final String PROVIDER = "turnwise.provider";
  public static final String GATE = "turnwise.gate";
  public static final String THRESHOLD = "turnwise.threshold";
  public static final String HYSTERESIS = "turnwise.hysteresis.segments";
  public static final String TENTATIVE = "turnwise.tentative";
  public static final String CONFIRM_SPEECH = "turnwise.confirm.speech.ms";
  public static final String CONFIRM_PLACES = "turnwise.confirm.places";
  public static final String COHORT = "turnwise.cohort.min";
  public static final String SHED = "turnwise.shed";
  public static final String SHED_LATE = "turnwise.shed.late.ms";
  public static final String DEGRADED_LAG = "turnwise.degraded.lag.ms";
  public static final String DEGRADED_AFTER = "turnwise.degraded.after.ms";
  public static final String FAULTS = "turnwise.faults.max";
  public static final String FAULTS_WINDOW = "turnwise.faults.window.ms";
  public static final String STOP_TIMEOUT = "turnwise.stop.timeout.ms";
  public static final String MANAGEMENT_HOST = "turnwise.management.host";
  public static final String MANAGEMENT_PORT = "turnwise.management.port";
  public static final String AUDIO_CHUNKS = "turnwise.topic.audio.chunks";
  public static final String SPEAKER_EMBEDDINGS = "turnwise.topic.speaker.embeddings";
  public static final String SPEAKER_CHANGES = "turnwise.topic.speaker.changes";
  public static final String SPEAKER_REGISTRY = "turnwise.topic.speaker.registry";
  public static final String DEAD_LETTERS = "turnwise.topic.dead.letters";

  private static final ConfigDef DEFINITION =
      new ConfigDef()
          .define(
              HOP,
              Type.INT,
              750,
              Range.between(250, 1500),
              Importance.HIGH,
              "Milliseconds from the start of one 1.5 s segment to the start of the next, a multiple"
                  + " of 10. A shorter hop finds changes sooner and costs more inference.")
          .define(
              REORDER_HORIZON,
              Type.INT,
              1000,
              Range.between(0, 10_000),
              Importance.MEDIUM,
              "Milliseconds of later audio that are held back for a missing chunk before it is taken"
                  + " as lost.")
          .define(
              GAP_FILL,
              Type.INT,
              2000,
              Range.between(0, 60_000),
              Importance.MEDIUM,
              "Longest gap, in milliseconds, that is filled with silence. After a longer one the"
                  + " timeline restarts at the new position.")
          .define(
              IDLE,
              Type.LONG,
              30_000L,
              Range.atLeast(100L),
              Importance.MEDIUM,
              "Milliseconds without a chunk, by the wall clock, after which what a channel has"
                  + " buffered is flushed.")
          .define(
              FORGET,
              Type.LONG,
              600_000L,
              Range.atLeast(100L),
              Importance.MEDIUM,
              "Milliseconds without a chunk, by the wall clock, after which a channel is closed and"
                  + " its state deleted; with its last channel a call's voices are forgotten.")
          .define(
              CHANNELS_MAX,
              Type.INT,
              4096,
              Range.between(1, 1_000_000),
              Importance.MEDIUM,
              "Most channels, over all calls, that are kept at once of one partition. A chunk that"
                  + " would open another goes to the dead letters; the open ones go on.")
          .define(
              CALL_CHANNELS_MAX,
              Type.INT,
              32,
              Range.between(1, 256),
              Importance.LOW,
              "Most channels of one call that are kept at once, likewise. A segment costs time in"
                  + " proportion to its call's channels.")
          .define(
              SPEECH_MIN,
              Type.INT,
              500,
              Range.between(10, 1500),
              Importance.MEDIUM,
              "Least milliseconds of speech in a segment for which an embedding is made.")
          .define(
              MODEL,
              Type.STRING,
              ModelCatalog.DEFAULT,
              new ConfigDef.NonEmptyString(),
              Importance.HIGH,
              "Name of a model in the manifest, or path of an ONNX file.")
          .define(
              PROVIDER,
              Type.STRING,
              ProviderChoice.AUTO.toString(),
              ConfigDef.ValidString.in(ProviderChoice.words().toArray(String[]::new)),
              Importance.MEDIUM,
              "What the model runs on. A provider that fails its self-check gives way to the CPU;"
                  + " auto is CoreML on Apple processors, else CUDA where the runtime has it, if"
                  + " faster than the CPU, else the CPU.")
          .define(
              GATE,
              Type.STRING,
              SpeechGates.ENERGY,
              new ConfigDef.NonEmptyString(),
              Importance.MEDIUM,
              "The speech gate: energy, or silero:PATH with the path of Silero's network.")
          .define(
              THRESHOLD,
              Type.DOUBLE,
              null,
              Importance.MEDIUM,
              "Cosine above which two segments count as one voice, -1 to 1. By default the model's"
                  + " own, from the manifest.")
          .define(
              HYSTERESIS,
              Type.INT,
              2,
              Range.between(2, 16),
              Importance.MEDIUM,
              "Segments in a row that must speak for another voice before the change is published as"
                  + " more than tentative. More is surer and later.")
          .define(
              TENTATIVE,
              Type.BOOLEAN,
              true,
              Importance.MEDIUM,
              "Whether a change to a known voice is published, as tentative, when one segment speaks"
                  + " for it.")
          .define(
              CONFIRM_SPEECH,
              Type.INT,
              3000,
              Range.between(0, 600_000),
              Importance.MEDIUM,
              "Milliseconds of speech of a voice from which on it is confirmed.")
          .define(
              CONFIRM_PLACES,
              Type.INT,
              2,
              Range.between(1, 100),
              Importance.LOW,
              "In how many places, parted by a pause of 0.3 s or by another voice, that speech must"
                  + " be.")
          .define(
              COHORT,
              Type.INT,
              40,
              Range.between(0, 1_000_000),
              Importance.LOW,
              "How many enrolled voices of the model there must be besides one for these to have a"
                  + " say in whether it is recognised; 0: they never have.")
          .define(
              SHED,
              Type.STRING,
              Shedding.NONE.toString(),
              ConfigDef.ValidString.in(Shedding.words().toArray(String[]::new)),
              Importance.MEDIUM,
              "What may be left out when audio is processed late: none; hop, segments whose speech"
                  + " is in the one before and the one after; hop,silence, further behind also those"
                  + " in which speech fades out. With anything but none, what is published depends"
                  + " on the load.")
          .define(
              SHED_LATE,
              Type.LONG,
              5_000L,
              Range.between(100L, 3_600_000L),
              Importance.LOW,
              "Age of a record, in milliseconds, from which on something is left out; at twice that"
                  + " what fades out goes too.")
          .define(
              DEGRADED_LAG,
              Type.LONG,
              10_000L,
              Range.atLeast(100L),
              Importance.MEDIUM,
              "Milliseconds behind the input above which the application counts as degraded.")
          .define(
              DEGRADED_AFTER,
              Type.LONG,
              15_000L,
              Range.atLeast(0L),
              Importance.LOW,
              "Milliseconds it must be so far behind, or no longer, before that is said.")
          .define(
              FAULTS,
              Type.INT,
              10,
              Range.between(0, 1000),
              Importance.MEDIUM,
              "How many failed stream threads are replaced within the window; one more ends the"
                  + " process with an error.")
          .define(
              FAULTS_WINDOW,
              Type.LONG,
              600_000L,
              Range.atLeast(1L),
              Importance.LOW,
              "Milliseconds of that window.")
          .define(
              STOP_TIMEOUT,
              Type.LONG,
              20_000L,
              Range.between(1_000L, 600_000L),
              Importance.MEDIUM,
              "Milliseconds a stop may take to commit what is under way; after 3 s more the process"
                  + " ends as it is.")
          .define(
              MANAGEMENT_HOST,
              Type.STRING,
              "127.0.0.1",
              new ConfigDef.NonEmptyString(),
              Importance.MEDIUM,
              "Address on which health and metrics are served, without authentication: this machine"
                  + " alone, unless changed.")
          .define(
              MANAGEMENT_PORT,
              Type.INT,
              8090,
              Range.between(0, 65_535),
              Importance.MEDIUM,
              "Its port; 0 serves nothing. Where it is not set and 8090 is taken, a free one is"
                  + " taken and logged.")
          .define(
              AUDIO_CHUNKS,
              Type.STRING,
              Contract.AUDIO_CHUNKS.topic(),
              Importance.LOW,
              "Input topic.")
          .define(
              SPEAKER_EMBEDDINGS,
              Type.STRING,
              Contract.SPEAKER_EMBEDDINGS.topic(),
              Importance.LOW,
              "Output topic of the embeddings.")
          .define(
              SPEAKER_CHANGES,
              Type.STRING,
              Contract.SPEAKER_CHANGES.topic(),
              Importance.LOW,
              "Output topic of the speaker changes.")
          .define(
              SPEAKER_REGISTRY,
              Type.STRING,
              Contract.SPEAKER_REGISTRY.topic(),
              Importance.LOW,
              "Compacted input topic of the enrolled voices.")
          .define(
              DEAD_LETTERS,
              Type.STRING,
              Contract.DEAD_LETTERS.topic(),
              Importance.LOW,
              "Output topic of what could not be used.");

  private static final Set<String> FRONT_END =
      Set.of(HOP, REORDER_HORIZON, GAP_FILL, SPEECH_MIN, MODEL, PROVIDER, GATE);

  private static final Set<String> OPERATION =
      Set.of(
          CHANNELS_MAX,
          CALL_CHANNELS_MAX,
          IDLE,
          FORGET,
          SHED,
          SHED_LATE,
          DEGRADED_LAG,
          DEGRADED_AFTER,
          FAULTS,
          FAULTS_WINDOW,
          STOP_TIMEOUT,
          MANAGEMENT_HOST,
          MANAGEMENT_PORT,
          AUDIO_CHUNKS,
          SPEAKER_EMBEDDINGS,
          SPEAKER_CHANGES,
          SPEAKER_REGISTRY,
          DEAD_LETTERS);

  private final AbstractConfig config;

  private TurnwiseSettings(AbstractConfig config) {
    this.config = config;
  }

  /**
   * Reads the settings; keys that do not begin with {@code turnwise.} are left to others.
   *
   * @throws ConfigException naming the key and the value at fault, or a {@code turnwise.} key that
   *     does not exist
   */
  public static TurnwiseSettings of(Map<String, ?> properties) {
    Map<String, Object> own = new HashMap<>();
    properties.forEach(
        (key, value) -> {
          if (key.startsWith("turnwise.")) {
            if (!DEFINITION.names().contains(key)) {
              throw new ConfigException(
                  "Unknown setting " + key + ". Known are: " + DEFINITION.names());
            }
            own.put(key, value);
          }
        });
    TurnwiseSettings settings =
        new TurnwiseSettings(new AbstractConfig(DEFINITION, own, Map.of(), false));
    if (settings.hopMillis() % 10 != 0) {
      throw new ConfigException(HOP, settings.hopMillis(), "must be a multiple of 10");
    }
    settings
        .threshold()
        .ifPresent(
            threshold -> {
              if (!(threshold >= -1 && threshold <= 1)) {
                throw new ConfigException(THRESHOLD, threshold, "must be between -1 and 1");
              }
            });
    return settings;
  }

  /**
   * These, with some set otherwise.
   *
   * @throws ConfigException as {@link #of} does
   */
  public TurnwiseSettings with(Map<String, ?> others) {
    Map<String, Object> all = new HashMap<>(config.originals());
    all.putAll(others);
    return of(all);
  }

  /** The definition of every setting: names, defaults, ranges and documentation. */
  public static ConfigDef definition() {
    return new ConfigDef(DEFINITION);
  }

  /** The settings that decide which embeddings are made of the audio. */
  public static Set<String> frontEnd() {
    return FRONT_END;
  }

  /**
   * The settings that have no part in who is heard to speak, as long as nothing is late: names of
   * topics, times of the wall clock, how the process is run. What is neither these nor {@link
   * #frontEnd()} is the tracker's.
   */
  public static Set<String> ofOperation() {
    return OPERATION;
  }

  public int hopMillis() {
    return config.getInt(HOP);
  }

  public int reorderHorizonMillis() {
    return config.getInt(REORDER_HORIZON);
  }

  public int gapFillMillis() {
    return config.getInt(GAP_FILL);
  }

  public long idleMillis() {
    return config.getLong(IDLE);
  }

  public long forgetMillis() {
    return Math.max(config.getLong(FORGET), idleMillis());
  }

  /** How many channels are kept at once. */
  public ChannelLimits channels() {
    return new ChannelLimits(config.getInt(CHANNELS_MAX), config.getInt(CALL_CHANNELS_MAX));
  }

  public int speechMinMillis() {
    return config.getInt(SPEECH_MIN);
  }

  public String model() {
    return config.getString(MODEL);
  }

  public ProviderChoice provider() {
    return ProviderChoice.of(config.getString(PROVIDER));
  }

  public String gate() {
    return config.getString(GATE);
  }

  /** The threshold that overrides the model's own. */
  public OptionalDouble threshold() {
    Double value = config.getDouble(THRESHOLD);
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  /**
   * How the tracker decides with these settings.
   *
   * @param threshold cosine at which two segments are as likely of one voice as of two
   */
  public TrackerSettings tracker(double threshold) {
    return TrackerSettings.of(threshold)
        .with(
            config.getInt(HYSTERESIS),
            config.getBoolean(TENTATIVE),
            config.getInt(CONFIRM_SPEECH) / 1000.0,
            config.getInt(CONFIRM_PLACES),
            config.getInt(COHORT));
  }

  /**
   * Which segments are left out when they are late.
   *
   * @param threshold cosine below which two segments are rather of two voices
   */
  public SheddingRules shedding(double threshold) {
    return new SheddingRules(
        Shedding.of(config.getString(SHED)), config.getLong(SHED_LATE), hopMillis(), threshold);
  }

  public long degradedLagMillis() {
    return config.getLong(DEGRADED_LAG);
  }

  public long degradedAfterMillis() {
    return config.getLong(DEGRADED_AFTER);
  }

  public int faults() {
    return config.getInt(FAULTS);
  }

  public long faultsWindowMillis() {
    return config.getLong(FAULTS_WINDOW);
  }

  public long stopTimeoutMillis() {
    return config.getLong(STOP_TIMEOUT);
  }

  public String managementHost() {
    return config.getString(MANAGEMENT_HOST);
  }

  /** 0 where nothing is to be served. */
  public int managementPort() {
    return config.getInt(MANAGEMENT_PORT);
  }

  /** Whether the port is the one that was asked for, and no other will do. */
  public boolean managementPortGiven() {
    return config.originals().containsKey(MANAGEMENT_PORT);
  }

  public String audioChunks() {
    return config.getString(AUDIO_CHUNKS);
  }

  public String speakerEmbeddings() {
    return config.getString(SPEAKER_EMBEDDINGS);
  }

  public String speakerChanges() {
    return config.getString(SPEAKER_CHANGES);
  }

  public String speakerRegistry() {
    return config.getString(SPEAKER_REGISTRY);
  }

  public String deadLetters() {
    return config.getString(DEAD_LETTERS);
  }
}
