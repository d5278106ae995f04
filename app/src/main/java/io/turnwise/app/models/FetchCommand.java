package io.turnwise.app.models;

import io.turnwise.app.CommandFailed;
import io.turnwise.app.Installation;
import io.turnwise.app.Terminal;
import io.turnwise.inference.model.KnownModel;
import io.turnwise.inference.model.ModelCatalog;
import java.io.PrintWriter;
import java.net.ProxySelector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Downloads a known model. */
@Command(
    name = "fetch",
    description = {
      "Downloads a model that the manifest knows, and prints where it lies.",
      "",
      "What broke off goes on where it stopped, in this run or the next. The file is put in place"
          + " only if its SHA-256 is the manifest's, or, where that has none, the one given with"
          + " --sha256. HTTPS_PROXY, HTTP_PROXY and NO_PROXY are heeded, as are Java's own"
          + " properties."
    },
    footer = {
      "  turnwise models fetch wespeaker-resnet34-lm",
      "  turnwise models fetch silero-vad --to models",
      "  turnwise models fetch wespeaker-resnet34-lm --address https://mirror.example/r34.onnx"
    })
final class FetchCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "NAME", description = "A model of 'turnwise models list'.")
  private String name;

  @Option(
      names = "--to",
      paramLabel = "DIR",
      description = "Folder for the file; made where it is missing (default: the user's cache).")
  private Path folder;

  @Option(
      names = "--address",
      paramLabel = "URL",
      description = "Where to download from instead of the manifest's address: a mirror.")
  private String address;

  @Option(
      names = "--sha256",
      paramLabel = "HEX",
      description = "The digest the file must have, for a model whose digest is not known.")
  private String sha256;

  @Option(names = "--force", description = "Replace a file that is there and has another digest.")
  private boolean force;

  @Override
  public Integer call() throws InterruptedException {
    ModelCatalog catalog = Installation.models();
    KnownModel model = known(catalog);
    String digest = digest(model);
    Path target = (folder == null ? ModelCatalog.userCache() : folder).resolve(model.file());
    if (!isHere(catalog, model, digest, target)) {
      Wanted wanted = new Wanted(name, address(model), target, digest, model.bytes());
      download(wanted);
      explain(catalog, model, target);
    }
    return 0;
  }

  private KnownModel known(ModelCatalog catalog) {
    return catalog.known().stream()
        .filter(model -> model.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new CommandFailed(
                    "There is no model "
                        + name
                        + " in the manifest, which names "
                        + catalog.known().stream()
                            .map(KnownModel::name)
                            .collect(Collectors.joining(", "))
                        + "; choose one of these, or put a file of your own in a folder of"
                        + " 'turnwise models list'."));
  }

  private String digest(KnownModel model) {
    String given = sha256 == null ? "" : sha256.strip().toLowerCase(Locale.ROOT);
    if (sha256 != null && !Digest.isDigest(given)) {
      throw new ParameterException(
          spec.commandLine(), "--sha256: " + sha256 + " is not 64 hexadecimal digits");
    }
    if (model.sha256().isEmpty() && given.isEmpty()) {
      throw new CommandFailed(
          "The manifest has no sha256 for "
              + name
              + ", so what comes could not be verified; get the digest from its publishers ("
              + model.source()
              + ") and give it with --sha256.");
    }
    if (!given.isEmpty() && !model.sha256().isEmpty() && !given.equals(model.sha256())) {
      throw new CommandFailed(
          "The manifest says sha256 "
              + model.sha256()
              + " for "
              + name
              + ", and --sha256 says "
              + given
              + "; correct the one that is wrong.");
    }
    return given.isEmpty() ? model.sha256() : given;
  }

  private Address address(KnownModel model) {
    if (address != null) {
      try {
        return Address.of(address);
      } catch (IllegalArgumentException e) {
        throw new ParameterException(spec.commandLine(), "--" + e.getMessage(), e);
      }
    }
    return model
        .address()
        .map(Address::new)
        .orElseThrow(
            () ->
                new CommandFailed(
                    "No public address is known for the file of "
                        + name
                        + ", which comes from "
                        + model.source()
                        + "; name one with --address."));
  }

  /** Whether there is nothing to do; prints where the file is, if so. */
  private boolean isHere(ModelCatalog catalog, KnownModel model, String digest, Path target) {
    if (folder == null) {
      Optional<Path> found = catalog.locate(model);
      if (found.isPresent() && !found.get().equals(target)) {
        String other = Digest.of(found.get());
        if (!other.equals(digest)) {
          throw new CommandFailed(
              "A file with sha256 "
                  + other
                  + " lies at "
                  + found.get()
                  + ", where "
                  + name
                  + " is looked for first, instead of "
                  + digest
                  + "; remove it, or replace it with --force --to "
                  + found.get().toAbsolutePath().getParent()
                  + ".");
        }
        return tellItIsHere(found.get());
      }
    }
    if (!Files.exists(target)) {
      return false;
    }
    if (!Files.isRegularFile(target)) {
      throw new CommandFailed(target + " is there and is no file; remove it, or choose --to.");
    }
    String present = Digest.of(target);
    if (present.equals(digest)) {
      return tellItIsHere(target);
    }
    if (!force) {
      throw new CommandFailed(
          "The file "
              + target
              + " is there with sha256 "
              + present
              + " instead of "
              + digest
              + "; replace it with --force.");
    }
    return false;
  }

  private boolean tellItIsHere(Path file) {
    note(name + " is here already, and its digest is right.");
    print(file);
    return true;
  }

  private void download(Wanted wanted) throws InterruptedException {
    PrintWriter err = spec.commandLine().getErr();
    Progress progress =
        new ProgressBar(name, err, Terminal.errIsTerminal(), Terminal.err(), System::nanoTime);
    try (PartFile part =
        PartFile.open(
            wanted.target(),
            Pause.SLEEP,
            () -> note("Waiting for another fetch of " + name + " to end."))) {
      // Whoever was waited for may have fetched the same.
      if (Files.isRegularFile(wanted.target())
          && Digest.of(wanted.target()).equals(wanted.sha256())) {
        note("It is here now, and its digest is right.");
      } else {
        note("Fetching " + name + " from " + wanted.address() + ".");
        new Download(Limits.USUAL, proxies(), Pause.SLEEP, progress).fetch(wanted, part);
        note("Its digest is right.");
      }
    }
    print(wanted.target());
  }

  private static ProxySelector proxies() {
    ProxySelector proxies = Proxies.ofThisProcess();
    if (proxies instanceof Proxies named && named.authenticator().isPresent()) {
      // Java must be told before its first connection: it sends no password through a tunnel, and
      // tries a wrong one three times, which locks some accounts.
      System.getProperties().putIfAbsent("jdk.http.auth.tunneling.disabledSchemes", "");
      System.getProperties().putIfAbsent("jdk.httpclient.auth.retrylimit", "1");
    }
    return proxies;
  }

  private void explain(ModelCatalog catalog, KnownModel model, Path target) {
    if (model.sha256().isEmpty()) {
      note("The manifest has no digest for it: use it by its path, --model " + target + ".");
    } else if (catalog.locate(model).isEmpty()) {
      note(
          "This folder is not searched for names: use the file by its path, or set"
              + " TURNWISE_MODELS to the folder.");
    }
  }

  private void note(String sentence) {
    spec.commandLine().getErr().println(sentence);
    spec.commandLine().getErr().flush();
  }

  private void print(Path file) {
    spec.commandLine().getOut().println(file.toAbsolutePath().normalize());
    spec.commandLine().getOut().flush();
  }
}
