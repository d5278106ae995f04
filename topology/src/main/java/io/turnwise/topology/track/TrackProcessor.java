package io.turnwise.topology.track;

import io.turnwise.avro.SpeakerChange;
import io.turnwise.topology.Names;
import io.turnwise.topology.StageMetrics;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Follows the voices of each call: reads what is known of the call, asks {@link SpeakerTracker},
 * stores what is different and forwards what is to be published. Keys are call ids.
 */
public final class TrackProcessor implements Processor<String, Heard, String, SpeakerChange> {
  private final SpeakerTracker tracker;
  private final Enrolments enrolments;
  private ProcessorContext<String, SpeakerChange> context;
  private VoiceStore voices;
  private Registry enrolled;
  private StageMetrics metrics;

  private TrackProcessor(SpeakerTracker tracker, Enrolments enrolments) {
    this.tracker = tracker;
    this.enrolments = enrolments;
  }

  /**
   * Makes processors. The topology connects them to {@link Names#TRACK_VOICES}.
   *
   * @param enrolments who may be recognised, now and as it changes
   */
  public static ProcessorSupplier<String, Heard, String, SpeakerChange> supplier(
      SpeakerTracker tracker, Enrolments enrolments) {
    return () -> new TrackProcessor(tracker, enrolments);
  }

  @Override
  public void init(ProcessorContext<String, SpeakerChange> context) {
    this.context = context;
    KeyValueStore<Bytes, byte[]> store = context.getStateStore(Names.TRACK_VOICES);
    voices = new VoiceStore(store);
    voices.requireReadable();
    metrics = new StageMetrics(context, Names.TRACK);
    enrolled =
        new Registry(
            enrolments,
            metrics.counter("left-out-total", "Enrolled voices whose vectors have another length"));
  }

  @Override
  public void process(Record<String, Heard> heard) {
    String call = heard.key();
    CallVoices before = voices.get(call);
    Tracking tracking = track(before, heard.value());
    voices.put(call, before, tracking.after());
    for (Change change : tracking.changes()) {
      context.forward(heard.withValue(SpeakerChanges.of(call, change)));
    }
  }

  @Override
  public void close() {
    if (metrics != null) {
      metrics.close();
    }
  }

  private Tracking track(CallVoices before, Heard heard) {
    if (heard instanceof Heard.Voice voice) {
      enrolled.heard(voice.embedding().getModelFingerprint(), voice.embedding().getVector().size());
      return tracker.observe(before, Observation.of(voice.embedding()), enrolled);
    }
    Heard.ChannelEnd end = (Heard.ChannelEnd) heard;
    return tracker.close(before, end.channel(), end.capturedAt());
  }
}
