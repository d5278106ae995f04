package io.turnwise.app.faults;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Sends the calls at a pace, on a thread of its own, idempotently: what the brokers take, they take
 * once and in order. Thread-safe.
 */
final class Player implements AutoCloseable {
  private static final long LONGEST_NAP = 20_000_000;

  private final AtomicReference<Exception> failure = new AtomicReference<>();
  private final Thread thread;
  private final long startNanos;
  private volatile boolean closed;
  private volatile boolean done;

  private Player(Calls calls, double speed, String topic, String bootstrapServers) {
    Map<String, Object> settings = new HashMap<>();
    settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
    // Where a new topic's leader refuses the first batch and takes the one behind it, the first is
    // out of order for good (a broker without a producer's state takes any sequence number).
    settings.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, "1");
    settings.put(ProducerConfig.LINGER_MS_CONFIG, "5");
    // A broker that was cut off must not hold up the audio of those who do speak to the others.
    settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, "3000");
    settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, "120000");
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, "120000");
    settings.put(ProducerConfig.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG, "1000");
    settings.put(ProducerConfig.METADATA_MAX_AGE_CONFIG, "1000");
    settings.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, "200");
    KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
    startNanos = System.nanoTime();
    thread = new Thread(() -> play(producer, calls, speed, topic), "faults-player");
    thread.setDaemon(true);
    thread.start();
  }

  /** Begins to play. */
  static Player start(Calls calls, double speed, String topic, String bootstrapServers) {
    return new Player(calls, speed, topic, bootstrapServers);
  }

  private void play(
      KafkaProducer<String, byte[]> producer, Calls calls, double speed, String topic) {
    try (producer) {
      for (Calls.Sent chunk : calls.chunks()) {
        waitUntil(startNanos + (long) (chunk.dueSeconds() / speed * 1e9), () -> closed);
        if (closed || failure.get() != null) {
          return;
        }
        producer.send(
            new ProducerRecord<>(topic, chunk.key(), chunk.value()),
            (metadata, exception) -> {
              if (exception != null) {
                failure.compareAndSet(null, exception);
              }
            });
      }
      producer.flush();
      done = true;
    } catch (RuntimeException e) {
      failure.compareAndSet(null, e);
    }
  }

  private static void waitUntil(long nanoTime, BooleanSupplier stop) {
    for (long left = nanoTime - System.nanoTime();
        left > 0 && !stop.getAsBoolean();
        left = nanoTime - System.nanoTime()) {
      LockSupport.parkNanos(Math.min(left, LONGEST_NAP));
    }
  }

  long startNanos() {
    return startNanos;
  }

  /**
   * Whether the brokers have everything.
   *
   * @throws IllegalStateException if they did not take a chunk
   */
  boolean done() {
    Exception failed = failure.get();
    if (failed != null) {
      throw new IllegalStateException("the audio cannot be sent: " + failed.getMessage(), failed);
    }
    return done;
  }

  @Override
  public void close() {
    closed = true;
    try {
      thread.join(10_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
