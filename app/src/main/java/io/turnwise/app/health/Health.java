package io.turnwise.app.health;

import com.fasterxml.jackson.core.JsonGenerator;
import io.turnwise.app.JsonLine;
import io.turnwise.app.health.Condition.Phase;
import io.turnwise.app.health.Condition.Streams;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.streams.KafkaStreams.State;

/**
 * What the probes say, and why.
 *
 * @param condition what it is concluded from
 * @param dead why a restart is needed; empty: it is not
 * @param unready why records are not processed now; empty: they are
 * @param unstarted why it has not begun yet; empty: it has
 * @param remarks what is amiss although it works
 */
record Health(
    Condition condition,
    List<String> dead,
    List<String> unready,
    List<String> unstarted,
    List<String> remarks) {

  static Health of(Condition condition) {
    List<String> dead = dead(condition);
    List<String> unready = new ArrayList<>(dead);
    if (condition.phase() == Phase.OPENING) {
      unready.add("opening the model, looking at the cluster and the schema registry");
    } else if (condition.phase() == Phase.STOPPING) {
      unready.add("stopping");
    } else {
      condition
          .streams()
          .filter(streams -> streams.state() != State.RUNNING && dead.isEmpty())
          .ifPresent(streams -> unready.add("the stream threads are " + streams.state()));
    }
    List<String> remarks = new ArrayList<>();
    condition
        .outages()
        .forEach(outage -> (outage.vital() ? unready : remarks).add(outage.sentence()));
    if (condition.degraded()) {
      remarks.add(
          "degraded: "
              + condition.lag().map(Lag::millis).orElse(0L)
              + " ms behind, "
              + condition.lag().map(Lag::records).orElse(0L)
              + " records");
    }
    condition
        .streams()
        .map(Streams::faults)
        .filter(faults -> faults.recent() > 0)
        .ifPresent(
            faults ->
                remarks.add(
                    "stream threads failed "
                        + faults.recent()
                        + " times within "
                        + faults.window().toSeconds()
                        + " s, where "
                        + faults.borne()
                        + " are borne"));
    return new Health(
        condition,
        dead,
        List.copyOf(unready),
        condition.started() ? List.of() : List.of("records have not been processed yet"),
        List.copyOf(remarks));
  }

  private static List<String> dead(Condition condition) {
    if (condition.phase() != Phase.TRACKING || condition.streams().isEmpty()) {
      return List.of();
    }
    Streams streams = condition.streams().get();
    if (streams.givenUp()) {
      return List.of("more stream threads have failed than are borne");
    }
    if (streams.state().hasCompletedShutdown() || streams.state() == State.PENDING_ERROR) {
      return List.of("the stream threads have ended: " + streams.state());
    }
    if (streams.silentMillis() > streams.silenceBorneMillis()) {
      return List.of(
          "a stream thread has not asked for records for "
              + streams.silentMillis() / 1000
              + " s, more than "
              + streams.silenceBorneMillis() / 1000);
    }
    return List.of();
  }

  boolean live() {
    return dead.isEmpty();
  }

  boolean ready() {
    return unready.isEmpty();
  }

  boolean started() {
    return unstarted.isEmpty();
  }

  /** One word for all of it. */
  String status() {
    if (!live()) {
      return "failed";
    }
    if (condition.phase() == Phase.STOPPING) {
      return "stopping";
    }
    if (!started()) {
      return "starting";
    }
    if (!ready()) {
      return "unready";
    }
    return condition.degraded() ? "degraded" : "ok";
  }

  /** All of it, as one line. */
  String json() {
    return json(
        json -> {
          json.writeStringField("status", status());
          json.writeBooleanField("live", live());
          json.writeBooleanField("ready", ready());
          json.writeBooleanField("started", started());
          json.writeBooleanField("degraded", condition.degraded());
          List<String> reasons = new ArrayList<>(unready);
          reasons.addAll(remarks);
          write(json, "reasons", reasons);
          if (condition.streams().isPresent()) {
            write(json, condition.streams().get());
          }
          if (condition.lag().isPresent()) {
            write(json, condition.lag().get());
          }
        });
  }

  /** One probe's answer, as one line. */
  static String probe(String name, List<String> reasons) {
    return json(
        json -> {
          json.writeBooleanField(name, reasons.isEmpty());
          write(json, "reasons", reasons);
        });
  }

  private static String json(JsonLine.Fields fields) {
    return JsonLine.of(fields) + "\n";
  }

  private static void write(JsonGenerator json, String name, List<String> sentences)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (String sentence : sentences) {
      json.writeString(sentence);
    }
    json.writeEndArray();
  }

  private static void write(JsonGenerator json, Streams streams) throws IOException {
    json.writeStringField("streams", streams.state().name());
    json.writeObjectFieldStart("threads");
    for (Map.Entry<String, Integer> entry : streams.threads().entrySet()) {
      json.writeNumberField(entry.getKey().toLowerCase(Locale.ROOT), entry.getValue());
    }
    json.writeEndObject();
    json.writeObjectFieldStart("tasks");
    json.writeNumberField("active", streams.active());
    json.writeNumberField("standby", streams.standby());
    json.writeEndObject();
    json.writeBooleanField("idle", streams.state() == State.RUNNING && streams.active() == 0);
    json.writeObjectFieldStart("faults");
    json.writeNumberField("recent", streams.faults().recent());
    json.writeNumberField("borne", streams.faults().borne());
    json.writeNumberField("windowMillis", streams.faults().window().toMillis());
    json.writeNumberField("total", streams.faults().total());
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, Lag lag) throws IOException {
    json.writeObjectFieldStart("lag");
    json.writeNumberField("records", lag.records());
    json.writeNumberField("millis", lag.millis());
    json.writeNumberField("partitions", lag.partitions().size());
    json.writeEndObject();
  }
}
