package io.turnwise.app.health;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.turnwise.app.broker.EmbeddedBroker;
import io.turnwise.app.tracking.SteadyTime;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LagWatchTest {
  private static final String TOPIC = "audio";
  private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);

  @Test
  void shouldCountWhatHasPassedWhateverTheWallClockSays(@TempDir Path folder) throws Exception {
    // Given a wall clock of 1970, and a record that nobody takes in
    AtomicLong nanos = new AtomicLong();
    SteadyTime time = SteadyTime.from(0, nanos::get);
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("broker"));
        LagWatch watch = watch(broker, time)) {
      append(broker);
      Map<TopicPartition, Double> reached = Map.of(PARTITION, Double.NaN);
      Lag first = watch.look(reached);

      // When
      nanos.addAndGet(TimeUnit.SECONDS.toNanos(60));
      Lag second = watch.look(reached);

      // Then
      assertEquals(new Lag.Behind(1, 0), first.partitions().get(0));
      assertEquals(new Lag.Behind(1, 60_000), second.partitions().get(0));
    }
  }

  private static LagWatch watch(EmbeddedBroker broker, SteadyTime time) {
    return new LagWatch(
        Map.of("bootstrap.servers", broker.bootstrapServers(), "application.id", "nobody"), time);
  }

  private static void append(EmbeddedBroker broker) throws Exception {
    Map<String, Object> clients = Map.of("bootstrap.servers", broker.bootstrapServers());
    try (Admin admin = Admin.create(clients)) {
      admin
          .createTopics(List.of(new NewTopic(TOPIC, Optional.of(1), Optional.empty())))
          .all()
          .get();
    }
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(clients, new StringSerializer(), new StringSerializer())) {
      producer.send(new ProducerRecord<>(TOPIC, "call", "sound")).get();
    }
  }
}
