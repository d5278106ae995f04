package io.turnwise.app.overload;

import io.turnwise.app.CommandFailed;
import io.turnwise.app.play.Chunks;
import io.turnwise.app.play.Recording;
import io.turnwise.avro.AudioChunk;
import io.turnwise.inference.audio.WavFile;
import io.turnwise.serdes.AvroSerdes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * So many people on the telephone at a time, in real time: each plays the first channel of one
 * recording, says goodbye, and begins another call. How many there are may change while it runs.
 */
final class Crowd implements AutoCloseable {
  private static final long TICK_NANOS = 20_000_000;

  private final String topic;
  private final WavFile audio;
  private final Serde<AudioChunk> serde;
  private final Producer<String, AudioChunk> producer;
  private final Queue<String> ended = new ConcurrentLinkedQueue<>();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final List<Chunks> lines = new ArrayList<>();
  private final Thread thread = new Thread(this::talk, "turnwise-crowd");
  private final String prefix;
  private volatile int wanted;
  private volatile boolean over;
  private long calls;

  /**
   * @param prefix what the call ids begin with
   * @param serde what the producer writes with; closed with this, as the producer is
   */
  Crowd(
      String topic,
      WavFile audio,
      String prefix,
      Serde<AudioChunk> serde,
      Producer<String, AudioChunk> producer) {
    this.serde = serde;
    this.topic = topic;
    this.audio = audio;
    this.prefix = prefix;
    this.producer = producer;
    thread.setDaemon(true);
  }

  /**
   * Who can call, and does not yet.
   *
   * @param prefix what the call ids begin with
   */
  static Crowd open(String topic, WavFile audio, String prefix, Map<String, String> properties) {
    Map<String, Object> settings = new HashMap<>(properties);
    settings.put("linger.ms", "5");
    settings.put("acks", "all");
    Serde<AudioChunk> serde = AvroSerdes.forValue(AudioChunk.class, properties);
    return new Crowd(
        topic,
        audio,
        prefix,
        serde,
        new KafkaProducer<>(settings, new StringSerializer(), serde.serializer()));
  }

  Crowd start() {
    thread.start();
    return this;
  }

  /** So many calls at a time from now on; those that are too many are cut off, without goodbye. */
  void be(int channels) {
    wanted = channels;
  }

  /** Calls that were played to their end since this was last asked. */
  List<String> ended() {
    List<String> taken = new ArrayList<>();
    for (String call = ended.poll(); call != null; call = ended.poll()) {
      taken.add(call);
    }
    return taken;
  }

  /** Plays so many calls as fast as possible, and returns when the broker has them. */
  void rush(int count) {
    List<Chunks> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(nextCall());
    }
    boolean more = true;
    while (more) {
      more = false;
      for (Chunks line : all) {
        if (line.hasNext()) {
          send(line);
          more = true;
        }
      }
    }
    producer.flush();
    check();
  }

  /** Silence for another reason than that it is over would look like a load that was borne. */
  private void talk() {
    try {
      talkUntilOver();
    } catch (RuntimeException | Error e) {
      failure.compareAndSet(null, e);
    }
  }

  private void talkUntilOver() {
    long next = System.nanoTime();
    while (!over) {
      while (lines.size() > wanted) {
        lines.remove(lines.size() - 1);
      }
      // Not all at the same moment: one more each tick.
      if (lines.size() < wanted) {
        lines.add(nextCall());
      }
      for (int i = 0; i < lines.size(); i++) {
        if (!lines.get(i).hasNext()) {
          lines.set(i, nextCall());
        }
        send(lines.get(i));
      }
      next += TICK_NANOS;
      LockSupport.parkNanos(next - System.nanoTime());
    }
  }

  private Chunks nextCall() {
    return new Chunks(new Recording(prefix + calls++, 0, audio), 0, Instant.now());
  }

  private void send(Chunks line) {
    AudioChunk chunk = line.next();
    producer.send(
        new ProducerRecord<>(topic, chunk.getCallId(), chunk),
        (metadata, exception) -> {
          if (exception != null) {
            failure.compareAndSet(null, exception);
          }
        });
    if (chunk.getLast()) {
      ended.add(chunk.getCallId());
    }
  }

  /** Throws what went wrong. */
  void check() {
    if (failure.get() != null) {
      throw new CommandFailed(
          "The calls cannot be sent: " + failure.get().getClass().getSimpleName() + ".",
          failure.get());
    }
  }

  @Override
  public void close() {
    over = true;
    try {
      thread.join(1000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    producer.close();
    serde.close();
  }
}
