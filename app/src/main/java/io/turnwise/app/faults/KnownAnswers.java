package io.turnwise.app.faults;

import io.turnwise.app.Installation;
import io.turnwise.inference.model.SpeakerEmbedder;
import io.turnwise.inference.speech.SpeechGate;
import io.turnwise.inference.speech.SpeechGates;
import io.turnwise.topology.StreamsDefaults;
import io.turnwise.topology.TurnwiseSettings;
import io.turnwise.topology.TurnwiseTopology;
import io.turnwise.topology.segment.Segment;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;

/**
 * What the calls give without brokers, threads or time: the topology, fed one chunk after another
 * inside this process. The run without faults has to give the same, or there is nothing to compare
 * campaigns with.
 */
final class KnownAnswers {
  private KnownAnswers() {}

  /**
   * Computes them.
   *
   * @param registryUrl the registry that the schemas of what goes in are in: values have the same
   *     bytes as those of any run
   * @param state a folder of its own
   */
  static Answers of(Calls calls, Enrolment enrolled, String registryUrl, Path state) {
    Map<String, String> user =
        Map.of(
            "application.id",
            "known-answers",
            "bootstrap.servers",
            "localhost:1",
            "schema.registry.url",
            registryUrl,
            "state.dir",
            state.toString(),
            // The test driver has no transactions; nothing fails in it.
            "processing.guarantee",
            "at_least_once");
    TurnwiseSettings settings = TurnwiseSettings.of(user);
    Properties properties = StreamsDefaults.over(user);
    try (SpeakerEmbedder embedder =
            SpeakerEmbedder.open(
                Installation.models().find(settings.model()),
                Segment.SAMPLES,
                settings.provider());
        SpeechGate.Factory gates = SpeechGates.named(settings.gate());
        TopologyTestDriver driver =
            new TopologyTestDriver(
                TurnwiseTopology.build(settings, embedder, gates, user),
                properties,
                Instant.EPOCH)) {
      TestInputTopic<String, byte[]> audio =
          driver.createInputTopic(
              settings.audioChunks(), new StringSerializer(), new ByteArraySerializer());
      driver
          .createInputTopic(
              settings.speakerRegistry(), new StringSerializer(), new ByteArraySerializer())
          .pipeInput(enrolled.key(), enrolled.value());
      calls.chunks().forEach(chunk -> audio.pipeInput(chunk.key(), chunk.value()));
      List<Output> outputs = new ArrayList<>();
      for (Output.Kind kind : Output.Kind.values()) {
        for (TestRecord<String, byte[]> record :
            driver
                .createOutputTopic(
                    kind.topic(), new StringDeserializer(), new ByteArrayDeserializer())
                .readRecordsToList()) {
          outputs.add(new Output(kind, record.key(), record.value(), 0));
        }
      }
      return Answers.of(outputs);
    }
  }
}
