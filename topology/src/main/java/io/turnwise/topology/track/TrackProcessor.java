package io.turnwise.topology.track;

import io.turnwise.avro.EnrolledVoice;
import io.turnwise.avro.SpeakerChange;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

/**
 * Follows the voices of each call: reads what is known of the call, asks {@link SpeakerTracker},
 * stores what is different and forwards what is to be published. Keys are call ids.
 */
public final class TrackProcessor implements Processor<String, Heard, String, SpeakerChange> {
  /** Name of the store of the calls' voices: {@code KeyValueStore<Bytes, byte[]>}. */
  public static final String VOICES = "track-voices";

  /**
   * Name of the global store of the enrolled voices: {@code KeyValueStore<String, EnrolledVoice>}.
   */
  public static final String REGISTRY = "speaker-registry";

  private final SpeakerTracker tracker;
  private final AtomicLong registryChanges;
  private ProcessorContext<String, SpeakerChange> context;
  private VoiceStore voices;
  private EnrolledVoices enrolled;

  private TrackProcessor(SpeakerTracker tracker, AtomicLong registryChanges) {
    this.tracker = tracker;
    this.registryChanges = registryChanges;
  }

  /**
   * Makes processors. The topology connects them to {@link #VOICES}; {@link #REGISTRY} is global.
   *
   * @param registryChanges counts the changes of {@link #REGISTRY}: whoever writes to that store
   *     adds one after each write
   */
  public static ProcessorSupplier<String, Heard, String, SpeakerChange> supplier(
      SpeakerTracker tracker, AtomicLong registryChanges) {
    return () -> new TrackProcessor(tracker, registryChanges);
  }

  @Override
  public void init(ProcessorContext<String, SpeakerChange> context) {
    this.context = context;
    KeyValueStore<Bytes, byte[]> store = context.getStateStore(VOICES);
    voices = new VoiceStore(store);
    ReadOnlyKeyValueStore<String, EnrolledVoice> registry = context.getStateStore(REGISTRY);
    enrolled = new Registry(registry, registryChanges);
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

  private Tracking track(CallVoices before, Heard heard) {
    if (heard instanceof Heard.Voice voice) {
      return tracker.observe(before, Observation.of(voice.embedding()), enrolled);
    }
    if (heard instanceof Heard.ChannelEnd end) {
      return tracker.close(before, end.channel(), end.capturedAt());
    }
    // A pause: all that can be decided was, and the channel may go on.
    return new Tracking(before, List.of());
  }
}
