package io.turnwise.app.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.turnwise.app.broker.EmbeddedBroker;
import io.turnwise.app.broker.Topics;
import io.turnwise.avro.AudioChunk;
import io.turnwise.avro.SpeakerChange;
import io.turnwise.avro.SpeakerEmbedding;
import io.turnwise.serdes.AvroSerdes;
import io.turnwise.testing.Shared;
import io.turnwise.topology.TurnwiseSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The process {@code turnwise run}: its probes, its stop, and its end after too many faults. */
class RunProcessTest {
  private static final String APPLICATION = "turnwise-process";

  /** What a stop may take, as promised. */
  private static final Duration STOP = Duration.ofSeconds(25);

  private static final int SIGTERM_EXIT = 143;

  @TempDir private Path folder;

  @Test
  void shouldLoseAndDoubleNothingWhenStoppedInTheMiddleOfACall() throws Exception {
    try (Backbone backbone = Backbone.start();
        Admin admin = Admin.create(Map.of("bootstrap.servers", backbone.bootstrapServers()))) {
      // Given a process that has heard a call without being disturbed
      Map<String, String> settings =
          settings(
              backbone.bootstrapServers(),
              backbone.registryUrl(),
              Map.of("num.stream.threads", "2", "turnwise.management.host", "127.0.0.1"));
      Topics.of(TurnwiseSettings.of(settings), 2).createMissing(admin);
      CallAudio audio = CallAudio.read(Shared.projectRoot().resolve("samples/sample-call.wav"));
      try (RunProcess run = RunProcess.start(settings, folder.resolve("first"))) {
        assertFalse(run.status("/health/ready") == 200, "ready before it has started");
        run.awaitReady();
        assertEquals(200, run.status("/health/startup"));
        assertEquals(200, run.status("/health/live"));
        send(settings, audio.chunks("undisturbed"));
        awaitProcessed(admin, run, backbone);

        // When it is told to stop in the middle of another, of which more comes meanwhile
        List<AudioChunk> call = audio.chunks("disturbed");
        send(settings, call.subList(0, call.size() / 2));
        run.awaitHealth("in the middle", health -> chunks(run) > call.size() * 5 / 4);
        run.terminate();
        long told = System.nanoTime();
        send(settings, call.subList(call.size() / 2, call.size()));

        // Then it says at once that it is not ready, and ends in time
        boolean refused = false;
        while (run.isAlive()) {
          Optional<JsonNode> health = run.health();
          if (health.isPresent() && health.get().get("status").asText().equals("stopping")) {
            assertFalse(health.get().get("ready").booleanValue());
            assertTrue(health.get().get("live").booleanValue());
            refused = true;
          }
        }
        assertTrue(System.nanoTime() - told < STOP.toNanos(), run::logOrFail);
        assertEquals(Optional.of(SIGTERM_EXIT), run.exitCode(STOP), run::logOrFail);
        assertTrue(refused, "never seen as stopping");
        assertTrue(run.log().contains("stopped"), run::logOrFail);
        assertFalse(run.log().contains("did not end within"), run::logOrFail);
      }
      // And it has left the group, so that others need not wait for the session's end
      assertEquals(
          0,
          admin
              .describeConsumerGroups(Set.of(APPLICATION))
              .describedGroups()
              .get(APPLICATION)
              .get()
              .members()
              .size());

      // And with another in its place, which has none of its files, both calls come out the same
      try (RunProcess run = RunProcess.start(settings, folder.resolve("second"))) {
        run.awaitReady();
        awaitProcessed(admin, run, backbone);
        assertSameForAll(
            Set.of("undisturbed", "disturbed"),
            new CommittedRecords(admin, backbone.bootstrapServers()),
            settings);

        // And its metrics tell how much, but of nobody
        String page = run.get("/metrics").orElseThrow().body();
        assertTrue(page.contains("turnwise_segment_chunks_total{"), page);
        assertTrue(page.contains("turnwise_lag_records{"), page);
        assertTrue(page.contains("turnwise_streams_state{state=\"RUNNING\"} 1"), page);
        assertFalse(page.contains("disturbed"), page);
        run.terminate();
        assertEquals(Optional.of(SIGTERM_EXIT), run.exitCode(STOP), run::logOrFail);
      }
    }
  }

  @Test
  void shouldSayThatItIsDegradedWhileItFallsBehindAndLoseNothingByIt() throws Exception {
    try (Backbone backbone = Backbone.start();
        Admin admin = Admin.create(Map.of("bootstrap.servers", backbone.bootstrapServers()))) {
      // Given a process that keeps up
      Map<String, String> settings =
          settings(
              backbone.bootstrapServers(),
              backbone.registryUrl(),
              Map.of("turnwise.degraded.lag.ms", "1000", "turnwise.degraded.after.ms", "500"));
      Topics.of(TurnwiseSettings.of(settings), 2).createMissing(admin);
      CallAudio audio = CallAudio.read(Shared.projectRoot().resolve("samples/sample-call.wav"));
      try (RunProcess run = RunProcess.start(settings, folder.resolve("run"))) {
        run.awaitReady();
        assertEquals("ok", run.health().orElseThrow().get("status").asText());

        // When a minute of each of four calls comes at once
        Set<String> calls = Set.of("one", "two", "three", "four");
        for (String call : calls) {
          send(settings, audio.chunks(call));
        }

        // Then it says that it is late, and by how much, and goes on
        JsonNode late =
            run.awaitHealth("degraded", health -> health.get("status").asText().equals("degraded"));
        assertTrue(late.get("ready").booleanValue(), late.toString());
        assertTrue(late.get("lag").get("millis").asLong() > 1000, late.toString());
        assertTrue(late.get("lag").get("records").asLong() > 0, late.toString());
        String page = run.get("/metrics").orElseThrow().body();
        assertTrue(page.contains("turnwise_degraded 1"), page);

        // And is well when it has caught up, with nothing of any call lost or out of its order
        awaitProcessed(admin, run, backbone);
        run.awaitHealth("well again", health -> health.get("status").asText().equals("ok"));
        assertSameForAll(calls, new CommittedRecords(admin, backbone.bootstrapServers()), settings);
        run.terminate();
        assertEquals(Optional.of(SIGTERM_EXIT), run.exitCode(STOP), run::logOrFail);
      }
    }
  }

  @Test
  void shouldEndWithAnErrorWhenMoreThreadsFailThanAreBorne() throws Exception {
    // Given a registry that goes away
    HttpServer registry =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    registry.createContext("/", RunProcessTest::answerWithAnId);
    registry.start();
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("broker"));
        Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      Map<String, String> settings =
          settings(
              broker.bootstrapServers(),
              "http://127.0.0.1:" + registry.getAddress().getPort(),
              Map.of("turnwise.faults.max", "2", "turnwise.faults.window.ms", "600000"));
      Topics.of(TurnwiseSettings.of(settings), 1).createMissing(admin);
      try (RunProcess run = RunProcess.start(settings, folder.resolve("run"))) {
        run.awaitReady();
        registry.stop(0);

        // Where no record comes nothing fails, and the registry's absence is shown
        JsonNode before =
            run.awaitHealth(
                "ready without a registry",
                health ->
                    health.get("ready").booleanValue()
                        && health.get("reasons").toString().contains("schema registry"));
        assertEquals("ok", before.get("status").asText());
        assertEquals(2, before.get("faults").get("borne").asInt());

        // When a record comes that needs it
        try (KafkaProducer<String, byte[]> producer = producer(broker.bootstrapServers())) {
          producer
              .send(new ProducerRecord<>("audio-chunks", "call", new byte[] {0, 0, 0, 0, 1, 2, 3}))
              .get();
        }

        // Then its faults are seen while they are borne
        run.awaitHealth(
            "at fault",
            health ->
                health.has("faults")
                    && health.get("faults").get("recent").asInt() > 0
                    && health.get("reasons").toString().contains("stream threads failed"));

        // And one too many ends it
        assertEquals(Optional.of(1), run.exitCode(Duration.ofMinutes(3)), run::logOrFail);
        assertTrue(run.log().contains("ended after too many faults"), run::logOrFail);
      }
    } finally {
      registry.stop(0);
    }
  }

  /** Of a process with one thread, unless told otherwise. */
  private static Map<String, String> settings(
      String bootstrapServers, String registryUrl, Map<String, String> more) {
    Map<String, String> settings = new TreeMap<>();
    settings.put("application.id", APPLICATION);
    settings.put("bootstrap.servers", bootstrapServers);
    settings.put("schema.registry.url", registryUrl);
    settings.put("num.stream.threads", "1");
    settings.putAll(more);
    return settings;
  }

  private static void answerWithAnId(HttpExchange exchange) throws IOException {
    byte[] answer = "{\"id\":1}".getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, answer.length);
    exchange.getResponseBody().write(answer);
    exchange.close();
  }

  private static double chunks(RunProcess run) {
    return run.get("/metrics")
        .map(
            answer ->
                answer
                    .body()
                    .lines()
                    .filter(line -> line.startsWith("turnwise_segment_chunks_total{"))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf('}') + 2)))
                    .sum())
        .orElse(0.0);
  }

  private static KafkaProducer<String, byte[]> producer(String bootstrapServers) {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", bootstrapServers),
        new StringSerializer(),
        new ByteArraySerializer());
  }

  private static void send(Map<String, String> settings, List<AudioChunk> chunks) {
    try (KafkaProducer<String, byte[]> producer = producer(settings.get("bootstrap.servers"));
        Serde<AudioChunk> serde = AvroSerdes.forValue(AudioChunk.class, settings)) {
      for (AudioChunk chunk : chunks) {
        producer.send(
            new ProducerRecord<>(
                "audio-chunks",
                chunk.getCallId(),
                serde.serializer().serialize("audio-chunks", chunk)));
      }
      producer.flush();
    }
  }

  /** Waits until the process says that nothing is left to do, and the group's offsets do too. */
  private static void awaitProcessed(Admin admin, RunProcess run, Backbone backbone)
      throws Exception {
    var ends =
        new CommittedRecords(admin, backbone.bootstrapServers()).ends(Set.of("audio-chunks"));
    long deadline = System.nanoTime() + Duration.ofMinutes(3).toNanos();
    while (true) {
      var committed =
          admin.listConsumerGroupOffsets(APPLICATION).partitionsToOffsetAndMetadata().get();
      if (ends.entrySet().stream()
          .allMatch(
              end ->
                  end.getValue() == 0
                      || committed.get(end.getKey()) != null
                          && committed.get(end.getKey()).offset() >= end.getValue())) {
        break;
      }
      assertTrue(System.nanoTime() < deadline, run::logOrFail);
      LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
    }
    run.awaitHealth(
        "without lag",
        health -> health.has("lag") && health.get("lag").get("records").asLong() == 0);
  }

  /** The embeddings and the changes of all calls are those of one another, but for their names. */
  private static void assertSameForAll(
      Set<String> calls, CommittedRecords records, Map<String, String> settings) throws Exception {
    assertSameForAll(
        calls,
        records,
        settings,
        "speaker-embeddings",
        SpeakerEmbedding.class,
        SpeakerEmbedding::getCall,
        embedding -> SpeakerEmbedding.newBuilder(embedding).setCall("").build());
    assertSameForAll(
        calls,
        records,
        settings,
        "speaker-changes",
        SpeakerChange.class,
        SpeakerChange::getCall,
        change -> SpeakerChange.newBuilder(change).setCall("").setEventId("").build());
  }

  private static <T extends SpecificRecord> void assertSameForAll(
      Set<String> calls,
      CommittedRecords records,
      Map<String, String> settings,
      String topic,
      Class<T> type,
      Function<T, String> call,
      Function<T, T> withoutCall)
      throws Exception {
    Map<String, List<T>> byCall = new TreeMap<>();
    try (Serde<T> serde = AvroSerdes.forValue(type, settings)) {
      records
          .of(List.of(topic), serde.deserializer())
          .forEach(
              record ->
                  byCall
                      .computeIfAbsent(call.apply(record.value()), name -> new ArrayList<>())
                      .add(withoutCall.apply(record.value())));
    }
    assertEquals(calls, byCall.keySet(), topic);
    List<T> one = byCall.values().iterator().next();
    assertTrue(one.size() > 3, () -> topic + ": " + one.size());
    byCall.forEach((name, all) -> assertTrue(one.equals(all), () -> topic + " of " + name));
  }
}
