package io.turnwise.app.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.turnwise.avro.DeadLetter;
import io.turnwise.avro.DeadLetterReason;
import io.turnwise.serdes.AvroSerdes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.testcontainers.DockerClientFactory;

class BackboneTest {

  @Test
  void shouldCarryATransactionWithoutADockerEngine() throws Exception {
    try (Backbone backbone = Backbone.ofThisMachine()) {
      assertTransactionArrives(backbone);
    }
  }

  @Test
  void shouldCarryATransactionInContainers() throws Exception {
    assumeTrue(
        DockerClientFactory.instance().isDockerAvailable(),
        "skipped: no Docker engine answers on this machine");
    try (Backbone backbone = Backbone.ofContainers()) {
      assertTransactionArrives(backbone);
    }
  }

  private static void assertTransactionArrives(Backbone backbone) throws Exception {
    // Given
    Map<String, Object> kafka = Map.of("bootstrap.servers", backbone.bootstrapServers());
    Map<String, Object> registry = Map.of("schema.registry.url", backbone.registryUrl());
    DeadLetter letter =
        DeadLetter.newBuilder()
            .setTopic("audio-chunks")
            .setPartition(0)
            .setOffset(0)
            .setTimestamp(Instant.EPOCH)
            .setReason(DeadLetterReason.OTHER)
            .setDetail("a test")
            .setDigest("")
            .setBytes(0)
            .build();
    try (Admin admin = Admin.create(kafka);
        Serde<DeadLetter> serde = AvroSerdes.forValue(DeadLetter.class, registry)) {
      admin.createTopics(List.of(new NewTopic("letters", 1, (short) 1))).all().get();

      // When
      try (KafkaProducer<String, DeadLetter> producer =
          new KafkaProducer<>(
              Map.of(
                  "bootstrap.servers", backbone.bootstrapServers(), "transactional.id", "letters"),
              new StringSerializer(),
              serde.serializer())) {
        producer.initTransactions();
        producer.beginTransaction();
        producer.send(new ProducerRecord<>("letters", "key", letter)).get();
        producer.commitTransaction();
      }

      // Then
      try (KafkaConsumer<String, DeadLetter> consumer =
          new KafkaConsumer<>(
              Map.of(
                  "bootstrap.servers",
                  backbone.bootstrapServers(),
                  "auto.offset.reset",
                  "earliest",
                  "isolation.level",
                  "read_committed"),
              new StringDeserializer(),
              serde.deserializer())) {
        consumer.assign(List.of(new TopicPartition("letters", 0)));
        var records = consumer.poll(Duration.ofSeconds(30));
        assertEquals(1, records.count());
        records.forEach(record -> assertEquals(letter, record.value()));
        assertTrue(records.iterator().next().serializedValueSize() > 5);
      }
    }
  }
}
