package io.turnwise.app.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.Measurable;
import org.apache.kafka.common.metrics.Metrics;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What each condition of the application looks like to whoever asks over HTTP. */
class HealthOverHttpTest {
  private final AtomicReference<Condition> condition = new AtomicReference<>(Conditions.opening());
  private final HttpClient client = HttpClient.newHttpClient();
  private final Metrics kafka = new Metrics();
  private ManagementServer server;

  @BeforeEach
  void start() throws IOException {
    server =
        ManagementServer.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            Management.pages(() -> Health.of(condition.get()), this::metrics));
  }

  @AfterEach
  void stop() {
    server.close();
    kafka.close();
  }

  private Map<MetricName, ? extends Metric> metrics() {
    return kafka.metrics();
  }

  static Stream<Arguments> conditions() {
    return Stream.of(
        Arguments.of("opening", Conditions.opening(), "starting", 200, 503, 503),
        Arguments.of("starting", Conditions.starting(), "starting", 200, 503, 503),
        Arguments.of("running", Conditions.running(), "ok", 200, 200, 200),
        Arguments.of("idle", Conditions.idle(), "ok", 200, 200, 200),
        Arguments.of("rebalancing", Conditions.rebalancing(), "unready", 200, 503, 200),
        Arguments.of("degraded", Conditions.degraded(), "degraded", 200, 200, 200),
        Arguments.of("faulty", Conditions.faulty(), "ok", 200, 200, 200),
        Arguments.of("given up", Conditions.givenUp(), "failed", 503, 503, 200),
        Arguments.of("dead", Conditions.dead(), "failed", 503, 503, 200),
        Arguments.of("stuck", Conditions.stuck(), "failed", 503, 503, 200),
        Arguments.of("without Kafka", Conditions.withoutKafka(), "unready", 200, 503, 200),
        Arguments.of("without registry", Conditions.withoutRegistry(), "ok", 200, 200, 200),
        Arguments.of("stopping", Conditions.stopping(), "stopping", 200, 503, 200));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("conditions")
  void shouldAnswerTheProbesWhenTheApplicationIs(
      String name, Condition now, String status, int live, int ready, int startup)
      throws Exception {
    // Given
    condition.set(now);

    // When
    JsonNode health = json("/health", ready);

    // Then
    assertEquals(status, health.get("status").textValue());
    assertEquals(live, get("/health/live").statusCode());
    assertEquals(ready, get("/health/ready").statusCode());
    assertEquals(startup, get("/health/startup").statusCode());
    assertEquals(live == 200, health.get("live").booleanValue());
    assertEquals(ready == 200, health.get("ready").booleanValue());
    assertEquals(startup == 200, health.get("started").booleanValue());
    // And whoever is refused is told why
    for (String probe : new String[] {"live", "ready", "startup"}) {
      HttpResponse<String> answer = get("/health/" + probe);
      JsonNode reasons = new ObjectMapper().readTree(answer.body()).get("reasons");
      assertEquals(answer.statusCode() == 503, !reasons.isEmpty(), answer.body());
    }
  }

  @Test
  void shouldSayHowFarItIsBehindWhenDegraded() throws Exception {
    // Given
    condition.set(Conditions.degraded());

    // When
    JsonNode health = json("/health", 200);

    // Then
    assertTrue(health.get("degraded").booleanValue());
    assertEquals("degraded: 12345 ms behind, 4200 records", health.get("reasons").get(0).asText());
    assertEquals(4200, health.get("lag").get("records").asLong());
    assertEquals(12_345, health.get("lag").get("millis").asLong());
    assertEquals(2, health.get("lag").get("partitions").asInt());
  }

  @Test
  void shouldShowWhatTheRegistryAndTheThreadsSufferFromAlthoughItWorks() throws Exception {
    // Given
    condition.set(Conditions.withoutRegistry());

    // When
    JsonNode registry = json("/health", 200);
    condition.set(Conditions.faulty());
    JsonNode faults = json("/health", 200);

    // Then
    assertTrue(registry.get("reasons").get(0).asText().startsWith("the schema registry"));
    assertEquals(
        "stream threads failed 4 times within 600 s, where 10 are borne",
        faults.get("reasons").get(0).asText());
    assertEquals(4, faults.get("faults").get("recent").asInt());
    assertEquals(10, faults.get("faults").get("borne").asInt());
  }

  @Test
  void shouldSayThatItIsIdleWhenItHasNoPartitions() throws Exception {
    // Given
    condition.set(Conditions.idle());

    // When
    JsonNode health = json("/health", 200);

    // Then
    assertTrue(health.get("idle").booleanValue());
    assertEquals(0, health.get("tasks").get("active").asInt());
    assertEquals(1, health.get("tasks").get("standby").asInt());
  }

  @Test
  void shouldServeStagesLagAndThreadsAsPrometheusReadsThem() throws Exception {
    // Given
    condition.set(Conditions.degraded());
    kafka.addMetric(
        kafka.metricName(
            "chunks-total",
            "turnwise-metrics",
            "Chunks taken in",
            Map.of("stage", "segment", "task-id", "0_3")),
        (Measurable) (config, now) -> 75);
    kafka.addMetric(
        kafka.metricName("of-somebody-else", "stream-metrics", "none", Map.of()),
        (Measurable) (config, now) -> 1);

    // When
    HttpResponse<String> answer = get("/metrics");

    // Then
    assertEquals(200, answer.statusCode());
    assertEquals(
        PrometheusText.CONTENT_TYPE, answer.headers().firstValue("Content-Type").orElseThrow());
    String page = answer.body();
    for (String line :
        new String[] {
          "# HELP turnwise_segment_chunks_total Chunks taken in",
          "# TYPE turnwise_segment_chunks_total counter",
          "turnwise_segment_chunks_total{task_id=\"0_3\"} 75",
          "turnwise_lag_records{partition=\"0\"} 4200",
          "turnwise_lag_seconds{partition=\"0\"} 12.345",
          "turnwise_lag_seconds{partition=\"7\"} 0",
          "turnwise_degraded 1",
          "turnwise_live 1",
          "turnwise_stream_threads{state=\"RUNNING\"} 2",
          "turnwise_streams_state{state=\"RUNNING\"} 1",
          "turnwise_streams_state{state=\"ERROR\"} 0",
          "turnwise_tasks{kind=\"active\"} 3"
        }) {
      assertTrue(page.lines().anyMatch(line::equals), () -> line + " is not in\n" + page);
    }
    assertTrue(!page.contains("somebody"), page);
    // And each line is a comment or a sample of the family before it
    String family = "";
    for (String line : page.split("\n")) {
      if (line.startsWith("# HELP ")) {
        family = line.split(" ")[2];
      } else if (!line.startsWith("# TYPE " + family + " ")) {
        assertTrue(
            line.matches(family + "(\\{([a-z_]+=\"[^\"]*\",?)+})? (NaN|-?[0-9.E+-]+)"), line);
      }
    }
  }

  private JsonNode json(String path, int status) throws Exception {
    HttpResponse<String> answer = get(path);
    assertEquals(status, answer.statusCode(), answer.body());
    assertEquals("application/json", answer.headers().firstValue("Content-Type").orElseThrow());
    assertEquals(1, answer.body().lines().count());
    return new ObjectMapper().readTree(answer.body());
  }

  private HttpResponse<String> get(String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + path);
    return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
  }
}
