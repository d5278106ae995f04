package io.turnwise.app.play;

import io.turnwise.app.CommandFailed;
import io.turnwise.app.connect.ConnectionFault;
import io.turnwise.avro.AudioChunk;
import io.turnwise.serdes.AvroSerdes;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Plays recordings onto the audio topic as their sources would have: all channels of all calls side
 * by side, each chunk when its last sample is there. Used by one thread.
 */
public final class CallPlayer implements AutoCloseable {
  private static final long LONGEST_NAP = 50_000_000;

  private final String topic;
  private final Map<String, String> properties;
  private final Serde<AudioChunk> serde;
  private final KafkaProducer<String, AudioChunk> producer;

  /**
   * @param topic the audio topic
   * @param properties settings of the producer and of the registry's serializer
   */
  public CallPlayer(String topic, Map<String, String> properties) {
    this.topic = topic;
    this.properties = Map.copyOf(properties);
    this.serde = AvroSerdes.forValue(AudioChunk.class, properties);
    Map<String, Object> settings = new HashMap<>(properties);
    settings.putIfAbsent(ProducerConfig.LINGER_MS_CONFIG, "5");
    settings.putIfAbsent(ProducerConfig.MAX_BLOCK_MS_CONFIG, "15000");
    // Where a new topic's leader refuses the first batch and takes the one behind it, the first is
    // out of order for good (a broker without a producer's state takes any sequence number).
    settings.putIfAbsent(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, "1");
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    this.producer =
        ConnectionFault.orSentence(
            () -> new KafkaProducer<>(settings, new StringSerializer(), serde.serializer()),
            properties);
  }

  /**
   * Plays to the end, or until told to stop, and returns when the broker has everything.
   *
   * @param start when the recordings' first samples count as captured
   * @param stop whether to end before the end
   * @throws CommandFailed if a chunk cannot be delivered
   */
  public void play(List<Recording> recordings, Speed speed, Instant start, BooleanSupplier stop) {
    PriorityQueue<Chunks> channels =
        new PriorityQueue<>(Comparator.comparingDouble(Chunks::nextCompleteAt));
    for (Recording recording : recordings) {
      for (int channel = 0; channel < recording.audio().channels(); channel++) {
        channels.add(new Chunks(recording, channel, start));
      }
    }
    AtomicReference<Exception> failure = new AtomicReference<>();
    long begin = System.nanoTime();
    while (!channels.isEmpty() && failure.get() == null && !stop.getAsBoolean()) {
      Chunks channel = channels.remove();
      waitUntil(begin + speed.nanosUntil(channel.nextCompleteAt()), stop);
      AudioChunk chunk = channel.next();
      producer.send(
          new ProducerRecord<>(topic, chunk.getCallId(), chunk),
          (metadata, exception) -> {
            if (exception != null) {
              failure.compareAndSet(null, exception);
            }
          });
      if (channel.hasNext()) {
        channels.add(channel);
      }
    }
    producer.flush();
    if (failure.get() != null) {
      throw new CommandFailed(
          "The audio could not be written to the topic "
              + topic
              + " ("
              + ConnectionFault.sentence(failure.get(), properties)
                  .orElseGet(() -> failure.get().getMessage())
              + "); check the cluster and the topic.",
          failure.get());
    }
  }

  private static void waitUntil(long nanoTime, BooleanSupplier stop) {
    for (long left = nanoTime - System.nanoTime();
        left > 0 && !stop.getAsBoolean();
        left = nanoTime - System.nanoTime()) {
      LockSupport.parkNanos(Math.min(left, LONGEST_NAP));
    }
  }

  @Override
  public void close() {
    producer.close();
    serde.close();
  }
}
