package io.turnwise.topology.replay;

import io.turnwise.avro.SpeakerChange;
import io.turnwise.inference.calibration.Calibration;
import io.turnwise.inference.model.VoiceSpace;
import io.turnwise.topology.Names;
import io.turnwise.topology.TurnwiseSettings;
import io.turnwise.topology.UnreadableState;
import io.turnwise.topology.track.Enrolments;
import io.turnwise.topology.track.Heard;
import io.turnwise.topology.track.SpeakerTracker;
import io.turnwise.topology.track.TrackProcessor;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The tracking stage where the model is known only from the embeddings: each is heard by the
 * tracker of its own model, and the end of a channel by that of the model heard last on it. The
 * trackers share the call's voices, as one tracker would have them.
 */
public final class TrackerOfEachModel implements Processor<String, Heard, String, SpeakerChange> {
  private final TurnwiseSettings settings;
  private final Map<String, VoiceSpace> spaces;
  private final Enrolments enrolments;
  private final Map<String, Processor<String, Heard, String, SpeakerChange>> trackers =
      new HashMap<>();

  private ProcessorContext<String, SpeakerChange> context;
  private KeyValueStore<Bytes, byte[]> models;

  private TrackerOfEachModel(
      TurnwiseSettings settings, Map<String, VoiceSpace> spaces, Enrolments enrolments) {
    this.settings = settings;
    this.spaces = spaces;
    this.enrolments = enrolments;
  }

  /**
   * Makes processors. The topology connects them to {@link Names#TRACK_VOICES} and {@link
   * Names#TRACK_MODELS}.
   *
   * @param settings how the trackers decide; its threshold, where it is set, wins over that of
   *     every model
   * @param spaces the models that are known, by fingerprint
   * @param enrolments as {@link TrackProcessor#supplier} has it
   */
  public static ProcessorSupplier<String, Heard, String, SpeakerChange> supplier(
      TurnwiseSettings settings, Map<String, VoiceSpace> spaces, Enrolments enrolments) {
    return () -> new TrackerOfEachModel(settings, spaces, enrolments);
  }

  @Override
  public void init(ProcessorContext<String, SpeakerChange> context) {
    this.context = context;
    models = context.getStateStore(Names.TRACK_MODELS);
    trackers.clear();
  }

  @Override
  public void process(Record<String, Heard> heard) {
    if (heard.value() instanceof Heard.Voice voice) {
      Bytes key = key(heard.key(), voice.embedding().getChannel());
      byte[] fingerprint =
          voice.embedding().getModelFingerprint().getBytes(StandardCharsets.US_ASCII);
      if (!Arrays.equals(fingerprint, models.get(key))) {
        models.put(key, fingerprint);
      }
      tracker(voice.embedding().getModelFingerprint()).process(heard);
    } else if (heard.value() instanceof Heard.ChannelEnd end) {
      byte[] fingerprint = models.delete(key(heard.key(), end.channel()));
      if (fingerprint != null) {
        requireFingerprint(fingerprint);
        tracker(new String(fingerprint, StandardCharsets.US_ASCII)).process(heard);
      }
    }
  }

  @Override
  public void close() {
    trackers.values().forEach(Processor::close);
    trackers.clear();
  }

  private Processor<String, Heard, String, SpeakerChange> tracker(String fingerprint) {
    return trackers.computeIfAbsent(fingerprint, this::open);
  }

  private Processor<String, Heard, String, SpeakerChange> open(String fingerprint) {
    Processor<String, Heard, String, SpeakerChange> tracker =
        TrackProcessor.supplier(
                new SpeakerTracker(
                    settings.tracker(threshold(fingerprint)), calibration(fingerprint)),
                enrolments)
            .get();
    tracker.init(context);
    return tracker;
  }

  private double threshold(String fingerprint) {
    return settings
        .threshold()
        .orElseGet(
            () ->
                Optional.ofNullable(spaces.get(fingerprint))
                    .orElseThrow(
                        () ->
                            new IllegalStateException(
                                "the model " + fingerprint + " has no threshold"))
                    .threshold());
  }

  private Calibration calibration(String fingerprint) {
    return Optional.ofNullable(spaces.get(fingerprint))
        .map(VoiceSpace::calibration)
        .orElse(Calibration.none());
  }

  private static void requireFingerprint(byte[] bytes) {
    String fingerprint = new String(bytes, StandardCharsets.US_ASCII);
    if (!fingerprint.matches("[0-9a-f]{64}")) {
      throw UnreadableState.damaged(
          Names.TRACK_MODELS, "the model of a channel", "no SHA-256 in hexadecimal digits");
    }
  }

  private static Bytes key(String call, int channel) {
    byte[] id = call.getBytes(StandardCharsets.UTF_8);
    byte[] key = Arrays.copyOf(id, id.length + 1);
    key[id.length] = (byte) channel;
    return Bytes.wrap(key);
  }
}
