package io.turnwise.app.faults;

import io.turnwise.app.CommandFailed;
import io.turnwise.app.Installation;
import io.turnwise.avro.AudioChunk;
import io.turnwise.avro.EnrolledVoice;
import io.turnwise.inference.model.Model;
import io.turnwise.serdes.AvroSerdes;
import io.turnwise.topology.TurnwiseSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.kafka.common.serialization.Serde;

/** The run without faults and the campaigns that are compared with it, on one cluster. */
final class Campaigns {
  private static final int MOST_INSTANCES = 3;
  private static final int HOPELESS = 5;

  private final Settings settings;
  private final Sound sound;
  private final Consumer<String> notes;
  private final BooleanSupplier stop;

  /**
   * What to do.
   *
   * @param kinds only these; all that the machine can have where empty
   * @param oneEach one campaign for each kind, with nothing else in it
   * @param only the number of the one campaign that is run
   * @param registry the registry server's jar
   * @param folder to work in
   */
  record Settings(
      List<FaultKind> kinds,
      boolean oneEach,
      int campaigns,
      long seed,
      Optional<Integer> only,
      int seconds,
      double speed,
      Path registry,
      Path folder) {}

  /**
   * What came of all of them.
   *
   * @param leftOut kinds that this machine cannot have, and why
   * @param quietMillis longest gap of the run without faults
   * @param records records of the run without faults
   * @param calls how many calls were played
   */
  record Result(
      List<CampaignResult> campaigns,
      Map<FaultKind, String> leftOut,
      long quietMillis,
      int records,
      int calls) {}

  Campaigns(Settings settings, Sound sound, Consumer<String> notes, BooleanSupplier stop) {
    this.settings = settings;
    this.sound = sound;
    this.notes = notes;
    this.stop = stop;
  }

  /**
   * Runs them all.
   *
   * @param each gets each result as it comes
   */
  Result run(Consumer<CampaignResult> each) {
    Path folder = settings.folder();
    Path data = folder.resolve("data");
    Path logs = folder.resolve("logs");
    try {
      Files.createDirectories(data);
      Files.createDirectories(logs);
    } catch (IOException e) {
      throw new UncheckedIOException(folder + " cannot be written: " + e.getMessage(), e);
    }
    try (Hosts hosts = Hosts.open();
        Children children = new Children()) {
      Map<FaultKind, String> impossible = impossible(hosts, folder);
      impossible.forEach((kind, why) -> notes.accept("Left out: " + kind.id() + ", " + why + "."));
      List<CampaignPlan> plans = plans(impossible);
      JavaProgram java = JavaProgram.ofThisJvm(folder);
      try (RegistryProcess registry =
              RegistryProcess.start(
                  children,
                  settings.registry(),
                  hosts,
                  data.resolve("registry"),
                  logs.resolve("registry.log"));
          BrokerCluster brokers = BrokerCluster.start(children, java, hosts, data, logs)) {
        Map<String, Host> instanceHosts = new LinkedHashMap<>();
        for (int number = 1; number <= MOST_INSTANCES; number++) {
          instanceHosts.put("instance-" + number, hosts.add());
        }
        Site site =
            new Site(
                children,
                java,
                hosts,
                instanceHosts,
                brokers,
                registry,
                calls(registry.url()),
                enrolment(registry.url()),
                settings.speed(),
                folder);
        return run(site, plans, impossible, each);
      }
    }
  }

  private Result run(
      Site site,
      List<CampaignPlan> plans,
      Map<FaultKind, String> leftOut,
      Consumer<CampaignResult> each) {
    Answers known =
        KnownAnswers.of(
            site.calls(), site.enrolled(), site.registry().url(), site.folder().resolve("known"));
    Run.Outcome reference = Run.play(site, "reference", List.of(), notes, stop);
    requireUsable(reference, site.calls());
    requireRecognised(reference, site.enrolled());
    requireKnown(known, reference, site.folder());
    long quietMillis = Gaps.longestMillis(reference.gaps());
    notes.accept(
        String.format(
            Locale.ROOT,
            "Without faults: %d records of %d calls in %.1f s, longest gap %d ms.",
            reference.answers().count(),
            site.calls().ids().size(),
            reference.seconds(),
            quietMillis));
    List<CampaignResult> results = new ArrayList<>();
    for (CampaignPlan plan : plans) {
      String name = String.format(Locale.ROOT, "campaign-%03d", plan.number());
      CampaignResult result = campaign(site, name, plan, reference.answers());
      results.add(result);
      notes.accept(FaultsReport.text(result));
      each.accept(result);
      requireSomeToSucceed(results);
    }
    return new Result(
        results, leftOut, quietMillis, reference.answers().count(), site.calls().ids().size());
  }

  /** One that breaks off is a failure of its own, and no reason to give up those to come. */
  private CampaignResult campaign(Site site, String name, CampaignPlan plan, Answers expected) {
    try {
      Run.Outcome outcome = Run.play(site, name, plan.faults(), notes, stop);
      CampaignResult result = result(plan, expected, outcome);
      if (!result.passed()) {
        DifferencesFile.write(
            site.folder().resolve(name).resolve("differences.txt"), expected, outcome.answers());
      }
      return result;
    } catch (Run.Stopped e) {
      throw e;
    } catch (RuntimeException e) {
      if (stop.getAsBoolean()) {
        throw e;
      }
      return CampaignResult.failed(plan, e.toString());
    }
  }

  private static CampaignResult result(CampaignPlan plan, Answers expected, Run.Outcome outcome) {
    Answers.Difference difference = expected.differenceOf(outcome.answers());
    List<String> stuck =
        outcome.stuck()
            ? difference.where().isEmpty() ? List.of("input") : difference.where()
            : List.of();
    return new CampaignResult(
        plan,
        outcome.faults(),
        outcome.seconds(),
        difference,
        stuck,
        Gaps.longestByFault(outcome.gaps(), outcome.faults()),
        outcome.ownEnds(),
        outcome.wrongEnds(),
        Optional.empty());
  }

  private static void requireSomeToSucceed(List<CampaignResult> results) {
    if (results.size() >= HOPELESS
        && results.subList(results.size() - HOPELESS, results.size()).stream()
            .allMatch(result -> result.error().isPresent())) {
      throw new CommandFailed(
          "Given up after "
              + HOPELESS
              + " campaigns in a row that could not be carried out, the last: "
              + results.get(results.size() - 1).error().orElseThrow());
    }
  }

  /** A comparison with nothing would always hold. */
  private static void requireUsable(Run.Outcome reference, Calls calls) {
    Answers answers = reference.answers();
    for (String call : calls.ids()) {
      for (Output.Kind kind :
          List.of(Output.Kind.SPEAKER_EMBEDDINGS, Output.Kind.SPEAKER_CHANGES)) {
        if (!answers.values().containsKey(new Answers.Place(kind, call))) {
          throw new CommandFailed(
              "The run without faults has nothing on " + kind.topic() + " of " + call + ".");
        }
      }
      if (answers.values().containsKey(new Answers.Place(Output.Kind.DEAD_LETTERS, call))) {
        throw new CommandFailed("The run without faults has dead letters of " + call + ".");
      }
    }
    if (reference.stuck()) {
      throw new CommandFailed("The run without faults did not come to its end.");
    }
  }

  /** Otherwise nothing would tell that the enrolled voices were lost. */
  private static void requireRecognised(Run.Outcome reference, Enrolment enrolled) {
    boolean recognised =
        reference.answers().values().entrySet().stream()
            .filter(answers -> answers.getKey().kind() == Output.Kind.SPEAKER_CHANGES)
            .flatMap(answers -> answers.getValue().stream())
            .map(value -> new String(value.array(), StandardCharsets.ISO_8859_1))
            .anyMatch(value -> value.contains(enrolled.key()));
    if (!recognised) {
      throw new CommandFailed("The run without faults does not recognise the enrolled voice.");
    }
  }

  private static void requireKnown(Answers known, Run.Outcome reference, Path folder) {
    Answers.Difference difference = known.differenceOf(reference.answers());
    if (!difference.none()) {
      Path file = folder.resolve("differences.txt");
      DifferencesFile.write(file, known, reference.answers());
      throw new CommandFailed(
          "The run without faults itself does not give the known answers: "
              + String.join("; ", difference.where())
              + "; see "
              + file
              + ".");
    }
  }

  private List<CampaignPlan> plans(Map<FaultKind, String> impossible) {
    List<FaultKind> wanted =
        settings.kinds().isEmpty() ? Arrays.asList(FaultKind.values()) : settings.kinds();
    List<FaultKind> kinds = wanted.stream().filter(kind -> !impossible.containsKey(kind)).toList();
    if (kinds.isEmpty()) {
      throw new CommandFailed("This machine can have none of the faults " + wanted + ".");
    }
    int last = Math.max(settings.campaigns(), settings.only().orElse(0));
    List<CampaignPlan> plans =
        settings.oneEach()
            ? CampaignPlan.oneEach(kinds, settings.seed())
            : CampaignPlan.draw(kinds, last, settings.seed());
    int only = settings.only().orElse(0);
    if (only > plans.size()) {
      throw new CommandFailed(
          "--only: there is no campaign " + only + " among these " + plans.size() + ".");
    }
    return only > 0 ? List.of(plans.get(only - 1)) : plans;
  }

  private static Map<FaultKind, String> impossible(Hosts hosts, Path folder) {
    Map<FaultKind, String> impossible = new LinkedHashMap<>();
    hosts
        .whyNoCuts()
        .ifPresent(
            why -> {
              impossible.put(FaultKind.INSTANCE_CUT_OFF, why);
              impossible.put(FaultKind.BROKER_CUT_OFF, why);
            });
    SmallDisk.whyNot(folder.resolve("small-disk"))
        .ifPresent(why -> impossible.put(FaultKind.DISK_FULL, why));
    Clock.whyNot().ifPresent(why -> impossible.put(FaultKind.CLOCK_JUMPED, why));
    return impossible;
  }

  private Enrolment enrolment(String registryUrl) {
    try (Serde<EnrolledVoice> serde =
        AvroSerdes.forValue(EnrolledVoice.class, Map.of("schema.registry.url", registryUrl))) {
      Model model = Installation.models().find(TurnwiseSettings.of(Map.of()).model());
      return Enrolment.of(sound, model, serde.serializer());
    }
  }

  private Calls calls(String registryUrl) {
    try (Serde<AudioChunk> serde =
        AvroSerdes.forValue(AudioChunk.class, Map.of("schema.registry.url", registryUrl))) {
      return Calls.of(
          sound.audio(), sound.turns(), settings.seconds(), Site.PARTITIONS, serde.serializer());
    }
  }
}
