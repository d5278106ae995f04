package io.turnwise.app.evaluate;

import io.turnwise.app.CommandFailed;
import io.turnwise.app.Installation;
import io.turnwise.app.TopologyOptions;
import io.turnwise.app.evaluate.CoordinateSearch.Coordinate;
import io.turnwise.topology.TurnwiseSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Looks for better settings on recordings somebody has labelled. */
@Command(
    name = "tune",
    description = {
      "Tries settings on every WAV file of a folder, by the production topology, and compares who"
          + " spoke when with the RTTM file of the same name, as 'turnwise evaluate' does. Each"
          + " recording is embedded once for all settings that differ in the tracker's alone.",
      "",
      "With --set it tries every combination of the values, or --trials of them, drawn. Without it"
          + " begins with the settings as they are and changes turnwise.threshold and the"
          + " tracker's other numbers one at a time, up and down, while that helps, then by half"
          + " the step, down to an eighth.",
      "",
      "Prints the settings that were tried from the best to the worst; then the error of the"
          + " settings as they are, of the best on the recordings it was found on, and of each"
          + " recording by the best that the others alone lead to. Where the last is much above the"
          + " second, the best fits these recordings rather than the task."
    },
    footer = {
      "  turnwise tune --audio calls --rttm calls --out tuned.properties",
      "  turnwise tune --audio calls --rttm labels --set turnwise.threshold=0.4,0.45,0.5 \\",
      "      --set turnwise.hop.ms=500,750 --objective confusion --json"
    })
public final class TuneCommand implements Callable<Integer> {
  private static final int USUAL_TRIALS = 60;

  /** Of the threshold, whose scale is known; of other numbers it is a quarter of their size. */
  private static final double THRESHOLD_STEP = 0.08;

  @Spec private CommandSpec spec;

  @Option(
      names = "--audio",
      required = true,
      paramLabel = "DIR",
      description = "Folder with the recordings: WAV, PCM or G.711, 8 to 48 kHz.")
  private Path audio;

  @Option(
      names = "--rttm",
      required = true,
      paramLabel = "DIR",
      description = "Folder with the references: one NAME.rttm for each NAME.wav.")
  private Path rttm;

  @Option(
      names = "--set",
      paramLabel = "KEY=V1,V2,...",
      description =
          "A setting, such as turnwise.threshold, and the values to try; may be given again for"
              + " another.")
  private List<String> sets = new ArrayList<>();

  @Option(
      names = "--objective",
      paramLabel = "WHAT",
      defaultValue = "der",
      converter = Objective.Converter.class,
      description = "What is to be small: der or confusion (default: ${DEFAULT-VALUE}).")
  private Objective objective;

  @Option(
      names = "--trials",
      paramLabel = "N",
      description =
          "Most settings that are tried in one search (default: all combinations of --set, or "
              + USUAL_TRIALS
              + ").")
  private Optional<Integer> trials;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Seed of what is drawn: combinations, or the order of the numbers (default:"
              + " ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          "Properties file for the best settings, as 'turnwise run --config' reads it; replaced"
              + " where it exists.")
  private Optional<Path> out;

  @Option(names = "--json", description = "One line of JSON, rates as fractions.")
  private boolean json;

  @Mixin private TopologyOptions topology;

  @Override
  public Integer call() {
    if (trials.isPresent() && trials.get() < 1) {
      throw misuse("--trials is " + trials.get() + "; it must be 1 or more");
    }
    TurnwiseSettings settings = topology.settings();
    Map<String, String> given = topology.given();
    SortedMap<String, List<String>> values = values(given);
    out.ifPresent(TuneCommand::requireFolder);
    List<Pairs.Pair> pairs = Pairs.find(audio, rttm);
    Search search = values.isEmpty() ? coordinates(settings, given) : grid(values);
    TuningReport report;
    try (TrialRuns runs = new TrialRuns(given, Installation.models(), pairs)) {
      report = TuningReport.of(search, objective, runs.names(), runs::error);
    }
    out.ifPresent(file -> write(file, report.properties(given)));
    PrintWriter screen = spec.commandLine().getOut();
    screen.print(json ? report.json() + "\n" : report.table());
    screen.flush();
    return 0;
  }

  /** The values of --set by key, each of them one the settings take. */
  private SortedMap<String, List<String>> values(Map<String, String> given) {
    SortedMap<String, List<String>> values = new TreeMap<>();
    for (String set : sets) {
      int equals = set.indexOf('=');
      String key = equals < 0 ? set : set.substring(0, equals);
      if (!TurnwiseSettings.definition().names().contains(key)
          || TurnwiseSettings.ofOperation().contains(key)) {
        throw misuse(
            "--set "
                + set
                + ": "
                + key
                + " is no setting that says who speaks; give KEY=V1,V2 with one of "
                + tunable());
      }
      if (given.containsKey(key)) {
        throw misuse("--set " + set + ": " + key + " is also given by an option; drop one");
      }
      List<String> some =
          Arrays.stream(equals < 0 ? new String[0] : set.substring(equals + 1).split(",", -1))
              .map(String::strip)
              .toList();
      if (some.isEmpty() || some.contains("")) {
        throw misuse("--set " + set + ": a value is missing; give " + key + "=V1,V2");
      }
      if (new LinkedHashSet<>(some).size() < some.size()) {
        throw misuse("--set " + set + ": a value is there twice");
      }
      if (values.put(key, some) != null) {
        throw misuse("--set names " + key + " twice; give all of its values at once");
      }
      for (String value : some) {
        try {
          TurnwiseSettings.of(Candidate.UNCHANGED.with(key, value).over(given));
        } catch (ConfigException e) {
          throw misuse("--set " + set + ": " + e.getMessage());
        }
      }
    }
    return values;
  }

  private static List<String> tunable() {
    return TurnwiseSettings.definition().names().stream()
        .filter(key -> !TurnwiseSettings.ofOperation().contains(key))
        .sorted()
        .toList();
  }

  private GridSearch grid(SortedMap<String, List<String>> values) {
    try {
      return GridSearch.of(
          values, trials.isPresent() ? OptionalInt.of(trials.get()) : OptionalInt.empty(), seed);
    } catch (IllegalArgumentException e) {
      throw misuse("--set: " + e.getMessage());
    }
  }

  private CoordinateSearch coordinates(TurnwiseSettings settings, Map<String, String> given) {
    List<Coordinate> coordinates = new ArrayList<>();
    double threshold =
        settings
            .threshold()
            .orElseGet(
                () ->
                    // Its shortest decimal form: 0.3f is not 0.3.
                    Double.parseDouble(
                        Float.toString(Installation.models().find(settings.model()).threshold())));
    coordinates.add(new Coordinate(TurnwiseSettings.THRESHOLD, threshold, THRESHOLD_STEP, false));
    for (ConfigDef.ConfigKey key : TurnwiseSettings.definition().configKeys().values()) {
      boolean whole = key.type == ConfigDef.Type.INT || key.type == ConfigDef.Type.LONG;
      // recordings come with no enrolled voices, so no cohort of them decides anything
      if (!key.name.equals(TurnwiseSettings.THRESHOLD)
          && !key.name.equals(TurnwiseSettings.COHORT)
          && !TurnwiseSettings.ofOperation().contains(key.name)
          && !TurnwiseSettings.frontEnd().contains(key.name)
          && (whole || key.type == ConfigDef.Type.DOUBLE)
          && key.defaultValue instanceof Number usual) {
        double size = Math.abs(usual.doubleValue());
        double step = size == 0 ? 1 : size / 4;
        coordinates.add(
            new Coordinate(key.name, usual.doubleValue(), whole ? Math.max(1, step) : step, whole));
      }
    }
    return new CoordinateSearch(
        coordinates,
        candidate -> allowed(candidate.over(given)),
        trials.orElse(USUAL_TRIALS),
        seed);
  }

  private static boolean allowed(Map<String, String> settings) {
    try {
      TurnwiseSettings.of(settings);
      return true;
    } catch (ConfigException e) {
      return false;
    }
  }

  /** So that nobody waits for a search whose result cannot be written. */
  private static void requireFolder(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.isWritable(folder) || Files.isDirectory(file)) {
      throw new CommandFailed(
          "The settings cannot be written to "
              + file
              + ": it is a folder, or in none that can be written; name another --out.");
    }
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new CommandFailed(
          "The settings cannot be written to " + file + " (" + e + "); name another --out.", e);
    }
  }

  private ParameterException misuse(String sentence) {
    return new ParameterException(spec.commandLine(), sentence);
  }
}
