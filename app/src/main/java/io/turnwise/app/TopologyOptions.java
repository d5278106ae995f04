package io.turnwise.app;

import io.turnwise.topology.TurnwiseSettings;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The settings of the topology that a command takes as options; a mixin. */
public final class TopologyOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  private final Map<String, String> named = new HashMap<>();

  @Option(
      names = "--model",
      paramLabel = "NAME|PATH",
      description = "A model of models/manifest.json, or an ONNX file (default: turnwise-starter).")
  private void model(String model) {
    named.put(TurnwiseSettings.MODEL, model);
  }

  @Option(
      names = "--provider",
      paramLabel = "PROVIDER",
      description =
          "What the model runs on: auto, cpu, coreml, cuda or tensorrt (default: auto). One that"
              + " fails its self-check gives way to the CPU.")
  private void provider(String provider) {
    named.put(TurnwiseSettings.PROVIDER, provider);
  }

  @Option(
      names = "--gate",
      paramLabel = "GATE",
      description = "Speech gate: energy, or silero:PATH (default: energy).")
  private void gate(String gate) {
    named.put(TurnwiseSettings.GATE, gate);
  }

  @Option(
      names = "--hop",
      paramLabel = "MS",
      description =
          "From one 1.5 s segment to the next: 250 to 1500, a multiple of 10 (default: 750).")
  private void hop(String hop) {
    named.put(TurnwiseSettings.HOP, hop);
  }

  @Option(
      names = "--threshold",
      paramLabel = "X",
      description = "Cosine above which two segments count as one voice (default: the model's).")
  private void threshold(String threshold) {
    named.put(TurnwiseSettings.THRESHOLD, threshold);
  }

  /**
   * The settings, defaults where no option was given.
   *
   * @throws ParameterException naming the setting and the value that is out of its range
   */
  public TurnwiseSettings settings() {
    return settings(Map.of());
  }

  /** The options that were given, as settings by key. */
  public SortedMap<String, String> given() {
    SortedMap<String, String> given = new TreeMap<>(named);
    // picocli resets an option that is not given with null.
    given.values().removeIf(Objects::isNull);
    return given;
  }

  /**
   * The settings of a file, with the options over them.
   *
   * @throws ParameterException naming the setting and the value that is out of its range
   */
  public TurnwiseSettings settings(Map<String, String> file) {
    Map<String, String> all = new HashMap<>(file);
    all.putAll(given());
    try {
      return TurnwiseSettings.of(all);
    } catch (ConfigException e) {
      throw new ParameterException(command.commandLine(), e.getMessage(), e);
    }
  }
}
