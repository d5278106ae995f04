package io.turnwise.app.check;

import io.turnwise.app.CommandFailed;
import io.turnwise.app.Installation;
import io.turnwise.app.TopologyOptions;
import io.turnwise.app.connect.Connection;
import io.turnwise.app.connect.SettingsFile;
import io.turnwise.app.preflight.Finding;
import io.turnwise.app.preflight.Needs;
import io.turnwise.app.preflight.Preflight;
import io.turnwise.app.preflight.RegistryLook;
import io.turnwise.app.preflight.SettingsRules;
import io.turnwise.app.preflight.StateFolder;
import io.turnwise.inference.model.InferenceRuntime;
import io.turnwise.inference.model.Model;
import io.turnwise.inference.model.ProviderCheck;
import io.turnwise.inference.model.ProviderChoice;
import io.turnwise.inference.model.SpeakerEmbedder;
import io.turnwise.inference.model.UnusableModel;
import io.turnwise.inference.speech.SpeechGate;
import io.turnwise.inference.speech.SpeechGates;
import io.turnwise.topology.TurnwiseSettings;
import io.turnwise.topology.segment.Segment;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Says whether what {@code run} needs is there, and how it will run. */
@Command(
    name = "check",
    description = {
      "Looks at what a run needs, and says how it will run: Java and the machine, ONNX Runtime, the"
          + " model and its digest, the provider and its self-check, the time of a segment, the"
          + " speech gate and, with --config, the settings, the state folder, the brokers, topics, rights and"
          + " settings of the cluster, and the schema registry. Nothing is created or written"
          + " there.",
      "",
      "A line is ok; note: as it is, and worth to know; warning: it works now, and will not always;"
          + " failed: a run would not work. What is amiss comes with what to do.",
      "",
      "The self-check runs a made-up sound through the provider and through the CPU: cosine 0.999 or"
          + " more, or the CPU stands in. That is a note where the provider was chosen"
          + " automatically, and a failure where it was asked for by name.",
      "",
      "Ends with 1 if anything failed."
    },
    footer = {
      "  turnwise check",
      "  turnwise check --provider cuda --model wespeaker-resnet34-lm --json",
      "  turnwise check --config turnwise.properties"
    })
public final class CheckCommand implements Callable<Integer> {
  private static final int TIMED_SEGMENTS = 21;

  @Spec private CommandSpec spec;

  @Mixin private TopologyOptions topology;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "The properties file of a run: its settings are used, options win over them, and its"
              + " cluster and registry are asked.")
  private Path config;

  @Option(
      names = "--outage",
      paramLabel = "HOURS",
      defaultValue = "4",
      description =
          "How long an outage may last without loss: what waits must be kept as long (default:"
              + " ${DEFAULT-VALUE}).")
  private int outageHours;

  @Option(names = "--json", description = "One line of JSON.")
  private boolean json;

  private final List<Finding> findings = new ArrayList<>();
  private Optional<ProviderCheck> provider = Optional.empty();
  private OptionalDouble segmentMillis = OptionalDouble.empty();

  @Override
  public Integer call() {
    Map<String, String> properties = config == null ? Map.of() : SettingsFile.read(config);
    SettingsRules.Judged judged = SettingsRules.judge(properties);
    TurnwiseSettings settings = topology.settings(judged.usable());
    lookAtMachine();
    lookAtFolders();
    findings.addAll(judged.findings());
    lookAtModel(settings);
    lookAtGate(settings);
    if (config != null) {
      if (outageHours < 1) {
        throw new CommandFailed("--outage is " + outageHours + "; it must be 1 or more.");
      }
      Needs needs = new Needs(settings, judged.usable(), true, Duration.ofHours(outageHours));
      findings.add(StateFolder.look(needs));
      lookAtCluster(needs);
      lookAtRegistry(needs);
    }
    CheckReport report = new CheckReport(findings, provider, segmentMillis);
    PrintWriter out = spec.commandLine().getOut();
    out.print(json ? report.json() + "\n" : report.lines());
    out.flush();
    return report.ok() ? 0 : 1;
  }

  private void lookAtMachine() {
    findings.add(
        Finding.ok(
            "java",
            System.getProperty("java.version")
                + " of "
                + System.getProperty("java.vendor")
                + ", heap up to "
                + (Runtime.getRuntime().maxMemory() >> 20)
                + " MiB"));
    findings.add(
        Finding.ok(
            "machine",
            System.getProperty("os.name")
                + " "
                + System.getProperty("os.arch")
                + ", "
                + Runtime.getRuntime().availableProcessors()
                + " processors"));
    InferenceRuntime runtime = InferenceRuntime.present();
    findings.add(
        Finding.ok(
            "onnx runtime",
            runtime.version() + ", built with " + String.join(", ", runtime.providers())));
  }

  private void lookAtFolders() {
    findings.add(
        Finding.ok(
            "models folders",
            Installation.models().folders().stream()
                .map(
                    folder ->
                        folder.toAbsolutePath().normalize()
                            + (Files.isDirectory(folder) ? "" : " (no such folder)"))
                .collect(Collectors.joining(", "))));
  }

  private void lookAtModel(TurnwiseSettings settings) {
    Model model;
    try {
      model = Installation.models().find(settings.model());
    } catch (UnusableModel e) {
      findings.add(Finding.failed("model", e.getMessage()));
      return;
    }
    findings.add(
        Finding.ok(
            "model",
            model.name()
                + ", sha256 "
                + model.fingerprint()
                + ", "
                + model.kind()
                + ", "
                + model.dimension()
                + " dimensions"));
    try (SpeakerEmbedder embedder =
        SpeakerEmbedder.open(model, Segment.SAMPLES, settings.provider())) {
      ProviderCheck check = embedder.provider();
      provider = Optional.of(check);
      findings.add(new Finding("provider", state(check), check.toString(), ""));
      double millis = medianMillis(embedder);
      segmentMillis = OptionalDouble.of(millis);
      findings.add(
          Finding.ok(
              "segment",
              String.format(
                  Locale.ROOT,
                  "%.1f ms for 1.5 s of audio, features and network, on one thread: %.0f a second",
                  millis,
                  1000 / millis)));
    } catch (RuntimeException e) {
      findings.add(Finding.failed("provider", message(e)));
    }
  }

  private static Finding.State state(ProviderCheck check) {
    if (!check.fellBack()) {
      return check.outcome() == ProviderCheck.Outcome.SLOWER
          ? Finding.State.NOTE
          : Finding.State.OK;
    }
    return check.requested() == ProviderChoice.AUTO ? Finding.State.NOTE : Finding.State.FAILED;
  }

  private static double medianMillis(SpeakerEmbedder embedder) {
    MadeUpSound sounds = new MadeUpSound(1);
    boolean[] speech = new boolean[Segment.SAMPLES / SpeechGate.FRAME];
    Arrays.fill(speech, true);
    long[] nanos = new long[TIMED_SEGMENTS];
    for (int i = 0; i < TIMED_SEGMENTS; i++) {
      float[] sound = sounds.next(Segment.SAMPLES);
      long start = System.nanoTime();
      embedder.embed(sound, speech);
      nanos[i] = System.nanoTime() - start;
    }
    Arrays.sort(nanos);
    return nanos[TIMED_SEGMENTS / 2] / 1e6;
  }

  private void lookAtGate(TurnwiseSettings settings) {
    try (SpeechGate.Factory gates = SpeechGates.named(settings.gate())) {
      findings.add(Finding.ok("speech gate", gates.name()));
    } catch (UnusableModel | IllegalArgumentException e) {
      findings.add(Finding.failed("speech gate", e.getMessage()));
    }
  }

  private void lookAtCluster(Needs needs) {
    if (needs.properties().getOrDefault(Connection.BOOTSTRAP, "").isBlank()) {
      findings.add(Finding.failed("cluster", Connection.BOOTSTRAP + " is missing in " + config));
      return;
    }
    findings.addAll(Preflight.cluster(needs));
  }

  private void lookAtRegistry(Needs needs) {
    String url = needs.properties().getOrDefault(Connection.REGISTRY, "");
    if (url.isBlank()) {
      findings.add(
          Finding.failed("schema registry", Connection.REGISTRY + " is missing in " + config));
      return;
    }
    findings.addAll(RegistryLook.findings(needs, url));
  }

  private static String message(Exception e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
