package io.turnwise.app.track;

import io.turnwise.avro.SpeakerChange;
import io.turnwise.avro.SpeakerEmbedding;
import io.turnwise.topology.Names;
import io.turnwise.topology.track.Enrolments;
import io.turnwise.topology.track.Heard;
import io.turnwise.topology.track.SpeakerTracker;
import io.turnwise.topology.track.TrackProcessor;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;

/**
 * The production topology's tracking stage by itself, fed with embeddings and without a broker: its
 * processor, and its store of the calls' voices in memory. Nobody is enrolled. Not thread-safe.
 */
public final class TrackingStage {
  private final MockProcessorContext<String, SpeakerChange> context = new MockProcessorContext<>();
  private final KeyValueStore<Bytes, byte[]> voices;
  private final Processor<String, Heard, String, SpeakerChange> processor;

  public TrackingStage(SpeakerTracker tracker) {
    voices =
        Stores.keyValueStoreBuilder(
                Stores.inMemoryKeyValueStore(Names.TRACK_VOICES),
                Serdes.Bytes(),
                Serdes.ByteArray())
            .withLoggingDisabled()
            .build();
    voices.init(context.getStateStoreContext(), voices);
    processor = TrackProcessor.supplier(tracker, new Enrolments()).get();
    processor.init(context);
  }

  /**
   * Hears a segment of the call it names.
   *
   * @return what it led to, in the order of its publication
   */
  public List<SpeakerChange> hear(SpeakerEmbedding segment) {
    return process(segment.getCall(), new Heard.Voice(segment));
  }

  /** Ends a channel of a call; with the last one the call is forgotten. */
  public List<SpeakerChange> end(String call, int channel, Instant capturedAt) {
    return process(call, new Heard.ChannelEnd(channel, capturedAt));
  }

  /** Hears a whole call of one channel and ends it: all that was published. */
  public List<SpeakerChange> follow(List<SpeakerEmbedding> call) {
    List<SpeakerChange> changes = new ArrayList<>();
    call.forEach(segment -> changes.addAll(hear(segment)));
    if (!call.isEmpty()) {
      SpeakerEmbedding last = call.get(call.size() - 1);
      changes.addAll(end(last.getCall(), last.getChannel(), last.getCapturedAt()));
    }
    return changes;
  }

  /** Bytes of all keys and values stored for all calls. */
  public long storedBytes() {
    long bytes = 0;
    try (KeyValueIterator<Bytes, byte[]> entries = voices.all()) {
      while (entries.hasNext()) {
        KeyValue<Bytes, byte[]> entry = entries.next();
        bytes += entry.key.get().length + entry.value.length;
      }
    }
    return bytes;
  }

  private List<SpeakerChange> process(String call, Heard heard) {
    processor.process(new Record<>(call, heard, heard(heard).toEpochMilli()));
    List<SpeakerChange> changes = new ArrayList<>();
    context.forwarded().forEach(forward -> changes.add(forward.record().value()));
    context.resetForwards();
    return changes;
  }

  private static Instant heard(Heard heard) {
    return heard instanceof Heard.Voice voice
        ? voice.embedding().getCapturedAt()
        : ((Heard.ChannelEnd) heard).capturedAt();
  }
}
