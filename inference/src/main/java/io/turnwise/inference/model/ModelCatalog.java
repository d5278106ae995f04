package io.turnwise.inference.model;

import ai.onnxruntime.OrtException;
import io.turnwise.inference.calibration.Calibration;
import io.turnwise.inference.calibration.CalibrationFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where models are looked up, by name or by path. Immutable; reads the folders at each look-up.
 *
 * <p>A file is read once; what was hashed is what runs. A file that is not what the manifest says
 * is refused, and no other is taken in its place.
 */
public final class ModelCatalog {
  /** Name of the model that is taken where none is named. */
  public static final String DEFAULT = "turnwise-starter";

  /** Threshold of a model that no manifest knows. */
  public static final float DEFAULT_THRESHOLD = 0.5f;

  private static final Logger log = LoggerFactory.getLogger(ModelCatalog.class);

  private final List<Path> folders;

  /**
   * @param folders folders that hold model files, in the order they are searched; the first {@code
   *     manifest.json} found in them names the models
   */
  public ModelCatalog(List<Path> folders) {
    this.folders = List.copyOf(folders);
  }

  /**
   * The folders of a run: the folder {@code TURNWISE_MODELS} names, if set, {@code models} of the
   * installation, the user's cache ({@code ~/Library/Caches/turnwise/models} on macOS, elsewhere
   * {@code turnwise/models} in {@code XDG_CACHE_HOME} or {@code ~/.cache}).
   */
  public static ModelCatalog of(Path installation) {
    List<Path> folders = new ArrayList<>();
    String named = System.getenv("TURNWISE_MODELS");
    if (named != null && !named.isBlank()) {
      folders.add(Path.of(named));
    }
    folders.add(installation.resolve("models"));
    folders.add(userCache());
    return new ModelCatalog(folders);
  }

  /** The user's own folder of models; need not exist. */
  public static Path userCache() {
    return userCache(
        System.getProperty("os.name", ""),
        Path.of(System.getProperty("user.home", ".")),
        System.getenv("XDG_CACHE_HOME"));
  }

  static Path userCache(String system, Path home, String xdgCacheHome) {
    if (system.toLowerCase(Locale.ROOT).startsWith("mac")) {
      return home.resolve("Library/Caches/turnwise/models");
    }
    Path cache =
        xdgCacheHome == null || xdgCacheHome.isBlank()
            ? home.resolve(".cache")
            : Path.of(xdgCacheHome);
    return cache.resolve("turnwise/models");
  }

  /** The folders, in the order they are searched. */
  public List<Path> folders() {
    return folders;
  }

  /**
   * The models that the manifest names, in its order.
   *
   * @throws UnusableModel if the manifest is wrong
   */
  public List<KnownModel> known() {
    return manifest().models().stream().map(Manifest.Entry::known).toList();
  }

  /**
   * What is needed to compare embeddings of the speaker models whose digest the manifest has, by
   * digest. Their files need not be there.
   *
   * @throws UnusableModel if the manifest or the calibration that one of them names is wrong
   */
  public SortedMap<String, VoiceSpace> spaces() {
    SortedMap<String, VoiceSpace> spaces = new TreeMap<>();
    for (Manifest.Entry entry : manifest().models()) {
      if (entry.kind() != Manifest.Kind.VAD && !entry.sha256().isEmpty()) {
        spaces.put(
            entry.sha256(),
            new VoiceSpace(
                entry.sha256(),
                entry.dimension(),
                entry.thresholds().segment(),
                calibration(entry, entry.sha256(), entry.dimension())));
      }
    }
    return spaces;
  }

  /** Where a look-up by name finds the model's file; it is not opened. */
  public Optional<Path> locate(KnownModel model) {
    return folders.stream()
        .map(folder -> folder.resolve(model.file()))
        .filter(Files::isRegularFile)
        .findFirst();
  }

  /**
   * Reads and verifies a model.
   *
   * <p>With the calibration that its entry names, a file beside the manifest; or, where it has no
   * entry, the one beside the model ({@link #calibrationBeside}), if it is there.
   *
   * <p>A path (contains a separator, or ends with .onnx and the file exists) needs no entry in the
   * manifest; where the file's digest has one, its name and threshold apply. Where the path leads
   * to the very file that an entry names, in one of the folders, the entry's digest must hold.
   * Otherwise {@code nameOrPath} is a name: the entry's file in the first folder that has it, or,
   * where the manifest has no such entry, {@code NAME.onnx} in the first folder that has it.
   *
   * @throws UnusableModel if it is not there, is not what the manifest says, has no known contract,
   *     or its calibration is another model's; the message says what, where and what to do
   */
  public Model find(String nameOrPath) {
    return find(nameOrPath, true);
  }

  /**
   * The same without its calibration, which may be another model's: to calibrate it anew.
   *
   * @throws UnusableModel as {@link #find} does
   */
  public Model findUncalibrated(String nameOrPath) {
    return find(nameOrPath, false);
  }

  private Model find(String nameOrPath, boolean calibrated) {
    Manifest manifest = manifest();
    if (isPath(nameOrPath)) {
      return fromPath(path(nameOrPath), manifest, calibrated);
    }
    Optional<Manifest.Entry> entry = manifest.named(nameOrPath);
    String file = entry.map(Manifest.Entry::file).orElse(nameOrPath + ".onnx");
    for (Path folder : folders) {
      Path candidate = folder.resolve(file);
      if (Files.isRegularFile(candidate)) {
        return entry.isPresent()
            ? verified(candidate, read(candidate), entry.get(), calibrated)
            : fromPath(candidate, manifest, calibrated);
      }
    }
    throw notFound(nameOrPath, file, entry, manifest);
  }

  private static boolean isPath(String nameOrPath) {
    return nameOrPath.contains("/")
        || nameOrPath.contains("\\")
        || (nameOrPath.endsWith(".onnx") && Files.exists(path(nameOrPath)));
  }

  private static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new UnusableModel("The model path " + text + " is no path; check it.", e);
    }
  }

  private Manifest manifest() {
    return manifestFolder()
        .map(folder -> Manifest.read(folder.resolve(Manifest.FILE)))
        .orElseGet(Manifest::none);
  }

  private Optional<Path> manifestFolder() {
    return folders.stream()
        .filter(folder -> Files.isRegularFile(folder.resolve(Manifest.FILE)))
        .findFirst();
  }

  private Model fromPath(Path path, Manifest manifest, boolean calibrated) {
    if (!Files.exists(path)) {
      throw new UnusableModel(
          "The model file "
              + path.toAbsolutePath().normalize()
              + " does not exist; check the path,"
              + " or name one of: "
              + names(manifest)
              + ".");
    }
    if (!Files.isRegularFile(path)) {
      throw new UnusableModel(
          "The model path " + path + " is not a file; name the .onnx file itself.");
    }
    byte[] bytes = read(path);
    String digest = sha256(bytes);
    Optional<Manifest.Entry> entry =
        manifest.models().stream().filter(known -> isFileOf(known, path)).findFirst();
    if (entry.isEmpty()) {
      entry = manifest.withDigest(digest);
    }
    if (entry.isPresent()) {
      return verified(path, bytes, entry.get(), calibrated);
    }
    Contract contract = contract(path, bytes);
    int dimension = dimension(path, bytes, contract, ShortInput.AS_IT_IS);
    Path beside = calibrationBeside(path);
    log.info(
        "model {} (sha256 {}) is in no manifest: threshold {}", path, digest, DEFAULT_THRESHOLD);
    return new Model(
        nameOf(path),
        digest,
        contract.kind(),
        contract.bins(),
        dimension,
        DEFAULT_THRESHOLD,
        bytes,
        ShortInput.AS_IT_IS,
        calibrated && Files.exists(beside)
            ? calibration(beside, digest, dimension)
            : Calibration.none());
  }

  /**
   * The calibration's file of a model that no manifest knows: beside it, named like it, with {@link
   * CalibrationFile#SUFFIX} for {@code .onnx}.
   */
  public static Path calibrationBeside(Path model) {
    return model.resolveSibling(nameOf(model) + CalibrationFile.SUFFIX);
  }

  /**
   * Where a look-up finds the calibration of a model, whether or not it is there: for a model of
   * the manifest, found by name or by its digest, the file that its entry names, or would, beside
   * the manifest; for any other the one beside the model ({@link #calibrationBeside}).
   *
   * @param nameOrPath what the model was found by
   * @param model what was found
   */
  public Path calibrationFile(String nameOrPath, Model model) {
    Manifest manifest = manifest();
    Optional<Manifest.Entry> entry = manifest.withDigest(model.fingerprint());
    if (entry.isPresent()) {
      String named = entry.get().calibration();
      return manifestFolder()
          .orElseThrow()
          .resolve(named.isEmpty() ? entry.get().name() + CalibrationFile.SUFFIX : named);
    }
    if (isPath(nameOrPath)) {
      return calibrationBeside(path(nameOrPath));
    }
    return folders.stream()
        .map(folder -> folder.resolve(nameOrPath + ".onnx"))
        .filter(Files::isRegularFile)
        .findFirst()
        .map(ModelCatalog::calibrationBeside)
        .orElseThrow(() -> new UnusableModel("The model " + nameOrPath + " is gone; put it back."));
  }

  private static String nameOf(Path model) {
    String fileName = model.getFileName().toString();
    return fileName.endsWith(".onnx") ? fileName.substring(0, fileName.length() - 5) : fileName;
  }

  private Calibration calibration(Manifest.Entry entry, String digest, int dimension) {
    if (entry.calibration().isEmpty()) {
      return Calibration.none();
    }
    Path folder = manifestFolder().orElseThrow();
    return calibration(folder.resolve(entry.calibration()), digest, dimension);
  }

  private static Calibration calibration(Path file, String digest, int dimension) {
    try {
      return CalibrationFile.read(Files.readAllBytes(file)).of(digest, dimension);
    } catch (IllegalArgumentException e) {
      throw new UnusableModel(
          "The calibration "
              + file
              + " cannot be used: "
              + e.getMessage()
              + "; fit it anew with 'turnwise models calibrate', or take it away.",
          e);
    } catch (IOException e) {
      throw new UnusableModel(
          "The calibration "
              + file
              + " could not be read ("
              + e
              + "); put it there, or take it out of the manifest.",
          e);
    }
  }

  private boolean isFileOf(Manifest.Entry entry, Path path) {
    if (entry.sha256().isEmpty()) {
      return false;
    }
    for (Path folder : folders) {
      Path named = folder.resolve(entry.file());
      try {
        if (Files.isRegularFile(named) && Files.isSameFile(named, path)) {
          return true;
        }
      } catch (IOException e) {
        throw unreadable(named, e);
      }
    }
    return false;
  }

  private Model verified(Path path, byte[] bytes, Manifest.Entry entry, boolean calibrated) {
    if (entry.kind() == Manifest.Kind.VAD) {
      throw new UnusableModel(
          "The model "
              + entry.name()
              + " ("
              + path
              + ") detects speech and gives no embeddings; name a speaker model.");
    }
    String digest = sha256(bytes);
    if (entry.sha256().isEmpty()) {
      throw new UnusableModel(
          "The manifest has no sha256 for "
              + entry.name()
              + ", so "
              + path
              + " (sha256 "
              + digest
              + ") cannot be verified; add it to the manifest if you trust the file.");
    }
    if (!entry.sha256().equals(digest)) {
      throw new UnusableModel(
          "The model file "
              + path
              + " has sha256 "
              + digest
              + ", but the manifest says "
              + entry.sha256()
              + " for "
              + entry.name()
              + (entry.digestChecked() ? "" : " (quoted from its publishers, not checked by us)")
              + "; fetch it again, or, if you trust this file, copy it elsewhere and name its"
              + " path.");
    }
    Contract contract = contract(path, bytes);
    int dimension = dimension(path, bytes, contract, entry.shortInput());
    if (!entry.kind().is(contract.kind())
        || entry.bins() != contract.bins()
        || entry.dimension() != dimension) {
      throw new UnusableModel(
          String.format(
              Locale.ROOT,
              "The model file %s is of kind %s with %d bins and %d dimensions, but the manifest"
                  + " says %s, %d and %d for %s; correct the manifest.",
              path,
              contract.kind(),
              contract.bins(),
              dimension,
              entry.kind(),
              entry.bins(),
              entry.dimension(),
              entry.name()));
    }
    return new Model(
        entry.name(),
        digest,
        contract.kind(),
        contract.bins(),
        dimension,
        entry.thresholds().segment(),
        bytes,
        entry.shortInput(),
        calibrated ? calibration(entry, digest, dimension) : Calibration.none());
  }

  private static Contract contract(Path path, byte[] bytes) {
    try {
      OnnxGraph graph = OnnxGraph.read(bytes);
      Contract contract = Contract.of(graph);
      try {
        SelfContained.require(graph);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "takes " + contract.kind() + " as it should, but " + e.getMessage(), e);
      }
      return contract;
    } catch (IllegalArgumentException e) {
      throw new UnusableModel("The model file " + path + " " + e.getMessage() + ".", e);
    }
  }

  /** What the graph leaves open is found by running it once. */
  private static int dimension(Path path, byte[] bytes, Contract contract, ShortInput shortInput) {
    if (contract.dimension() > 0) {
      return contract.dimension();
    }
    try {
      return SpeakerEmbedder.probeDimension(bytes, contract, shortInput);
    } catch (OrtException e) {
      throw new UnusableModel(
          "The model file "
              + path
              + " does not run ("
              + Acceleration.reason(e)
              + "); fetch it again.",
          e);
    }
  }

  private static byte[] read(Path file) {
    try {
      if (Files.size(file) > Integer.MAX_VALUE - 16) {
        throw new UnusableModel(
            "The model file " + file + " is larger than 2 GiB; use a smaller model.");
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static UnusableModel unreadable(Path file, IOException cause) {
    return new UnusableModel(
        "The model file " + file + " could not be read (" + cause + "); check its permissions.",
        cause);
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private UnusableModel notFound(
      String name, String file, Optional<Manifest.Entry> entry, Manifest manifest) {
    String searched =
        folders.stream()
            .map(
                folder ->
                    folder.toAbsolutePath().normalize()
                        + (Files.isDirectory(folder) ? "" : " (no such folder)"))
            .collect(Collectors.joining(", "));
    return new UnusableModel(
        entry
            .map(
                known ->
                    "The model "
                        + name
                        + " is known, but its file "
                        + file
                        + " is in none of "
                        + searched
                        + "; "
                        + (known.address().isEmpty()
                            ? "get it from " + known.source()
                            : "get it with 'turnwise models fetch "
                                + name
                                + "', or from "
                                + known.source())
                        + " and put it there, or set TURNWISE_MODELS to the folder that has it.")
            .orElseGet(
                () ->
                    "There is no model "
                        + name
                        + ": the manifest names "
                        + names(manifest)
                        + ", and "
                        + file
                        + " is in none of "
                        + searched
                        + "; use one of these names or the path of an .onnx file."));
  }

  private static String names(Manifest manifest) {
    String names =
        manifest.models().stream()
            .filter(entry -> entry.kind() != Manifest.Kind.VAD)
            .map(Manifest.Entry::name)
            .collect(Collectors.joining(", "));
    return names.isEmpty() ? "none (no manifest.json was found)" : names;
  }
}
