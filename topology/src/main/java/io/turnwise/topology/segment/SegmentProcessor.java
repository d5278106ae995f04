package io.turnwise.topology.segment;

import io.turnwise.avro.AudioChunk;
import io.turnwise.avro.DeadLetter;
import io.turnwise.avro.DeadLetterReason;
import io.turnwise.inference.speech.SpeechGate;
import io.turnwise.topology.ChannelLimits;
import io.turnwise.topology.KeptChannels;
import io.turnwise.topology.Names;
import io.turnwise.topology.StageMetrics;
import io.turnwise.topology.UnreadableState;
import io.turnwise.topology.deadletter.DeadLetters;
import io.turnwise.topology.silence.SilenceClock;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shell around {@link ChannelTimeline}: audio chunks in, segments out.
 *
 * <p>Two stores hold what is needed to restore a timeline. {@code segment-audio} has each chunk
 * once, as it came, under (offset of the record that opened the channel, slot); slots are reused
 * while the channel lives and deleted when it ends. {@code segment-channels} has one small
 * checkpoint a channel, under (call id, channel), rewritten when a segment is cut.
 */
public final class SegmentProcessor implements Processor<String, AudioChunk, String, Object> {
  private static final Logger LOG = LoggerFactory.getLogger(SegmentProcessor.class);
  private static final int OFFSET_BYTES = 6;
  private static final int SLOT_BYTES = 3;
  private static final ByteBuffer NO_CONTENT = ByteBuffer.allocate(0);

  private final SegmentRules rules;
  private final SpeechGate.Factory gates;
  private final long idleMillis;
  private final long forgetMillis;
  private final SegmentListener listener;
  private final Map<Bytes, Live> live = new HashMap<>();

  /** As the store of the channels has them: those in memory may be fewer. */
  private final KeptChannels kept;

  private ProcessorContext<String, Object> context;
  private KeyValueStore<Bytes, byte[]> audio;
  private KeyValueStore<Bytes, byte[]> channels;
  private SilenceClock clock;
  private int mostBytes;
  private StageMetrics metrics;
  private Sensor chunkCount;
  private Sensor segmentCount;
  private Sensor duplicateCount;
  private Sensor filledCount;
  private Sensor restartCount;
  private Sensor refusedCount;
  private volatile double reached = Double.NaN;

  /** A channel of this task. */
  private static final class Live {
    private final String call;
    private final int channel;
    private final ChannelTimeline timeline;
    private int slots;
    private long lastArrival;
    private boolean paused;

    private Live(String call, int channel, ChannelTimeline timeline, int slots) {
      this.call = call;
      this.channel = channel;
      this.timeline = timeline;
      this.slots = slots;
    }
  }

  public SegmentProcessor(
      SegmentRules rules,
      SpeechGate.Factory gates,
      long idleMillis,
      long forgetMillis,
      ChannelLimits limits,
      SegmentListener listener) {
    this.rules = rules;
    this.gates = gates;
    this.idleMillis = idleMillis;
    this.forgetMillis = forgetMillis;
    this.listener = listener;
    kept = new KeptChannels(limits);
  }

  @Override
  public void init(ProcessorContext<String, Object> context) {
    this.context = context;
    audio = context.getStateStore(Names.SEGMENT_AUDIO);
    channels = context.getStateStore(Names.SEGMENT_CHANNELS);
    metrics = new StageMetrics(context, Names.SEGMENT);
    chunkCount = metrics.counter("chunks-total", "Chunks taken in");
    segmentCount = metrics.counter("segments-total", "Segments cut");
    duplicateCount = metrics.counter("duplicates-total", "Chunks with nothing new in them");
    filledCount = metrics.counter("gaps-filled-total", "Gaps filled with silence");
    restartCount =
        metrics.counter("timeline-restarts-total", "Gaps too long to fill: timelines restarted");
    refusedCount = metrics.counter("refused-total", "Chunks sent to the dead letters");
    metrics.gauge("channels", "Channels that are kept", Map.of(), kept::count);
    metrics.gauge(
        StageMetrics.REACHED,
        "Timestamp of the latest record taken in, milliseconds since the epoch; NaN: none yet",
        Map.of(),
        () -> reached);
    mostBytes = ChangelogLimit.payloadBytes(context.appConfigs());
    clock = SilenceClock.start(context, idleMillis, this::anythingIsDue, this::sweep);
    restoreAll();
  }

  @Override
  public void process(Record<String, AudioChunk> record) {
    reached = record.timestamp();
    clock.tookIn();
    if (record.value() == null) {
      refuse(
          record,
          new Rejection(
              DeadLetterReason.INVALID_FIELD, "value: null; an audio chunk has no tombstone"),
          NO_CONTENT);
      return;
    }
    ChunkReader.Reading reading = ChunkReader.read(record.key(), record.value(), mostBytes);
    if (reading instanceof ChunkReader.Readable readable) {
      process(record, readable.chunk());
    } else if (reading instanceof ChunkReader.Unreadable unreadable) {
      refuse(record, unreadable.rejection(), record.value().getPayload());
    }
  }

  private void process(Record<String, AudioChunk> record, Chunk chunk) {
    Bytes key = channelKey(record.key(), record.value().getChannel());
    try {
      process(record, chunk, key);
    } catch (RuntimeException e) {
      // What is in memory may be ahead of the stores now; the stores are what counts.
      live.remove(key);
      if (channels.get(key) == null) {
        kept.remove(record.key(), record.value().getChannel());
      }
      throw e;
    }
  }

  private void process(Record<String, AudioChunk> record, Chunk chunk, Bytes key) {
    AudioChunk value = record.value();
    boolean opened = false;
    Live channel = live.get(key);
    if (channel == null) {
      byte[] known = channels.get(key);
      opened = known == null;
      if (opened) {
        Optional<String> fault = kept.fault(record.key(), value.getChannel());
        if (fault.isPresent()) {
          refuse(
              record,
              new Rejection(DeadLetterReason.TOO_MANY_CHANNELS, fault.get()),
              value.getPayload());
          return;
        }
        kept.add(record.key(), value.getChannel());
      }
      channel =
          opened
              ? new Live(
                  record.key(),
                  value.getChannel(),
                  ChannelTimeline.open(rules, gates, offset(), chunk.capturedAt()),
                  0)
              : restore(key, Checkpoint.fromBytes(known));
      live.put(key, channel);
    }
    channel.lastArrival = clock.now();
    channel.paused = false;
    chunkCount.record();
    long from = channel.timeline.reachedMillis();
    ChannelTimeline.Outcome outcome = channel.timeline.accept(chunk, value.getRole());
    if (outcome instanceof ChannelTimeline.Accepted accepted) {
      write(key, channel, accepted, opened);
      forward(channel, accepted, record.timestamp());
      if (!accepted.closed()) {
        long to = Math.max(from, channel.timeline.reachedMillis());
        Segmented progress = new Segmented.Progress(channel.channel, from, to);
        context.forward(new Record<>(channel.call, progress, record.timestamp()), Names.EMBED);
      }
    } else if (outcome instanceof ChannelTimeline.Duplicate) {
      duplicateCount.record();
    } else if (outcome instanceof ChannelTimeline.Refused refused) {
      refuse(record, refused.rejection(), value.getPayload());
    }
  }

  @Override
  public void close() {
    live.clear();
    kept.clear();
    if (metrics != null) {
      metrics.close();
    }
  }

  private void write(Bytes key, Live channel, ChannelTimeline.Accepted accepted, boolean opened) {
    ChannelTimeline timeline = channel.timeline;
    for (ChannelTimeline.Stored stored : accepted.stored()) {
      audio.put(
          audioKey(timeline.openedAt(), stored.slot()),
          ChunkCodec.toBytes(stored.chunk(), timeline.capturedBase()));
      channel.slots = Math.max(channel.slots, stored.slot() + 1);
    }
    if (accepted.closed()) {
      deleteAudio(channel);
    }
    if (accepted.checkpointDue() || opened) {
      channels.put(key, timeline.checkpoint().toBytes());
    }
  }

  private void forward(Live channel, ChannelTimeline.Accepted accepted, long timestamp) {
    for (Segment segment : accepted.segments()) {
      segmentCount.record();
      Segmented.Cut cut = new Segmented.Cut(channel.channel, channel.timeline.role(), segment);
      listener.onSegment(channel.call, cut);
      context.forward(new Record<>(channel.call, cut, timestamp), Names.EMBED);
    }
    for (int i = 0; i < accepted.gapsFilled(); i++) {
      filledCount.record();
    }
    for (int i = 0; i < accepted.restarts(); i++) {
      restartCount.record();
    }
    if (accepted.closed()) {
      end(channel, timestamp);
    }
  }

  private void end(Live channel, long timestamp) {
    ChannelTimeline timeline = channel.timeline;
    Segmented ended =
        new Segmented.Ended(channel.channel, timeline.endMillis(), timeline.capturedTo());
    context.forward(new Record<>(channel.call, ended, timestamp), Names.EMBED);
  }

  private void refuse(Record<String, AudioChunk> record, Rejection rejection, ByteBuffer content) {
    refusedCount.record();
    DeadLetters.Pointer pointer =
        DeadLetters.Pointer.to(context, Names.AUDIO_CHUNKS, record.timestamp());
    LOG.warn(
        "{}-{}@{} went to the dead letters: {}: {}",
        pointer.topic(),
        pointer.partition(),
        pointer.offset(),
        rejection.reason(),
        rejection.detail());
    DeadLetter letter = DeadLetters.of(pointer, rejection.reason(), rejection.detail(), content);
    context.forward(DeadLetters.about(record, letter), Names.DEAD_LETTERS);
  }

  private long offset() {
    return context.recordMetadata().map(RecordMetadata::offset).orElseThrow();
  }

  // ---- silence of the source

  private boolean anythingIsDue(long now) {
    return live.values().stream().anyMatch(channel -> somethingIsDue(channel, now));
  }

  private boolean somethingIsDue(Live channel, long now) {
    long silent = now - channel.lastArrival;
    return channel.paused && !channel.timeline.closed()
        ? silent >= forgetMillis
        : silent >= idleMillis;
  }

  private void sweep(long now) {
    List<Bytes> due = new ArrayList<>();
    live.forEach(
        (key, channel) -> {
          if (somethingIsDue(channel, now)) {
            due.add(key);
          }
        });
    // A HashMap's order depends on its history; the outputs must not.
    due.sort(null);
    for (Bytes key : due) {
      Live channel = live.get(key);
      boolean closed = channel.timeline.closed();
      if (!closed && !channel.paused) {
        pause(key, channel);
      }
      if (closed) {
        forget(key, channel);
      } else if (now - channel.lastArrival >= forgetMillis) {
        if (!channel.timeline.closed()) {
          end(channel, timestamp());
        }
        forget(key, channel);
      }
    }
  }

  private void pause(Bytes key, Live channel) {
    channel.paused = true;
    ChannelTimeline.Accepted accepted = channel.timeline.pause();
    write(key, channel, accepted, false);
    deleteAudio(channel);
    forward(channel, accepted, timestamp());
    Segmented paused = new Segmented.Paused(channel.channel);
    context.forward(new Record<>(channel.call, paused, timestamp()), Names.EMBED);
  }

  private void forget(Bytes key, Live channel) {
    deleteAudio(channel);
    channels.delete(key);
    live.remove(key);
    kept.remove(channel.call, channel.channel);
  }

  private long timestamp() {
    return Math.max(0, context.currentStreamTimeMs());
  }

  private void deleteAudio(Live channel) {
    for (int slot = 0; slot < channel.slots; slot++) {
      audio.delete(audioKey(channel.timeline.openedAt(), slot));
    }
    channel.slots = 0;
  }

  // ---- restoring

  private void restoreAll() {
    long now = clock.now();
    live.clear();
    kept.clear();
    try (KeyValueIterator<Bytes, byte[]> all = channels.all()) {
      while (all.hasNext()) {
        KeyValue<Bytes, byte[]> entry = all.next();
        Live channel = restore(entry.key, Checkpoint.fromBytes(entry.value));
        channel.lastArrival = now;
        live.put(entry.key, channel);
        kept.add(channel.call, channel.channel);
      }
    }
  }

  private Live restore(Bytes key, Checkpoint checkpoint) {
    try {
      return restored(key, checkpoint);
    } catch (KafkaException e) {
      throw e;
    } catch (RuntimeException e) {
      throw UnreadableState.damaged(Names.SEGMENT_AUDIO, "the audio of a channel", e);
    }
  }

  private Live restored(Bytes key, Checkpoint checkpoint) {
    Map<Integer, Chunk> stored = new HashMap<>();
    int slots = 0;
    try (KeyValueIterator<Bytes, byte[]> chunks =
        audio.range(
            audioKey(checkpoint.openedAt(), 0),
            audioKey(checkpoint.openedAt(), (1 << (8 * SLOT_BYTES)) - 1))) {
      while (chunks.hasNext()) {
        KeyValue<Bytes, byte[]> entry = chunks.next();
        int slot = slot(entry.key);
        slots = Math.max(slots, slot + 1);
        stored.put(slot, ChunkCodec.fromBytes(entry.value, checkpoint.capturedBase()));
      }
    }
    byte[] bytes = key.get();
    return new Live(
        new String(bytes, 0, bytes.length - 1, StandardCharsets.UTF_8),
        bytes[bytes.length - 1] & 0xff,
        ChannelTimeline.restore(rules, gates, checkpoint, stored),
        slots);
  }

  private static Bytes channelKey(String call, int channel) {
    byte[] id = call.getBytes(StandardCharsets.UTF_8);
    byte[] key = Arrays.copyOf(id, id.length + 1);
    key[id.length] = (byte) channel;
    return Bytes.wrap(key);
  }

  private static Bytes audioKey(long openedAt, int slot) {
    byte[] key = new byte[OFFSET_BYTES + SLOT_BYTES];
    for (int i = 0; i < OFFSET_BYTES; i++) {
      key[i] = (byte) (openedAt >>> (8 * (OFFSET_BYTES - 1 - i)));
    }
    for (int i = 0; i < SLOT_BYTES; i++) {
      key[OFFSET_BYTES + i] = (byte) (slot >>> (8 * (SLOT_BYTES - 1 - i)));
    }
    return Bytes.wrap(key);
  }

  private static int slot(Bytes key) {
    int slot = 0;
    for (int i = 0; i < SLOT_BYTES; i++) {
      slot = slot << 8 | key.get()[OFFSET_BYTES + i] & 0xff;
    }
    return slot;
  }
}
