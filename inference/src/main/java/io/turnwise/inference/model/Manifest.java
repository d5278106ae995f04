package io.turnwise.inference.model;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The models that are known by name: {@code manifest.json} of a models folder.
 *
 * @param models the entries, of different names
 */
record Manifest(List<Entry> models) {
  static final String FILE = "manifest.json";

  Manifest {
    models = models == null ? List.of() : List.copyOf(models);
    Set<String> names = new HashSet<>();
    for (Entry entry : models) {
      if (!names.add(entry.name())) {
        throw new IllegalArgumentException("models: the name " + entry.name() + " is there twice");
      }
    }
  }

  /** What a file is for and what it takes. */
  enum Kind {
    FEATURES("features"),
    FEATURES_AND_WEIGHTS("features-and-weights"),
    WAVEFORM("waveform"),
    /** A speech detector: no speaker model. */
    VAD("vad");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    @com.fasterxml.jackson.annotation.JsonCreator
    static Kind of(String word) {
      for (Kind kind : values()) {
        if (kind.word.equals(word)) {
          return kind;
        }
      }
      throw new IllegalArgumentException(
          "kind: " + word + " is none of features, features-and-weights, waveform, vad");
    }

    boolean is(InputKind kind) {
      return name().equals(kind.name());
    }

    @Override
    public String toString() {
      return word;
    }
  }

  /** Cosines of decisions; {@code segment}: see {@link Model#threshold()}. */
  record Thresholds(float segment) {
    static final Thresholds NONE = new Thresholds(0);

    Thresholds {
      if (!(segment > -1 && segment < 1)) {
        throw new IllegalArgumentException(
            "thresholds.segment: " + segment + " is no cosine between -1 and 1");
      }
    }
  }

  /**
   * One model.
   *
   * @param name what it is asked for by
   * @param file its file's name within the folder
   * @param sha256 the file's digest in lower case; empty where it is not known yet
   * @param digestChecked whether we computed the digest from the file, or quote it
   * @param bytes the file's size; 0 where it is not known
   * @param ships whether the file lies beside the manifest in the project
   * @param licence SPDX identifier of the weights' licence
   * @param source where the file or its weights come from
   * @param address where the very file can be downloaded, https; empty where it cannot
   * @param kind what it takes
   * @param sampleRate samples a second of the audio it takes
   * @param bins mel bins it takes; 0 for a waveform
   * @param dimension length of its embeddings; 0 where it gives none
   * @param thresholds its cosines; {@link Thresholds#NONE} where it gives no embeddings
   * @param shortInput what is done with stretches shorter than it wants; only for a waveform
   * @param calibration name of its calibration's file beside the manifest; empty where it has none
   */
  record Entry(
      String name,
      String file,
      String sha256,
      boolean digestChecked,
      long bytes,
      boolean ships,
      String licence,
      String source,
      String address,
      Kind kind,
      int sampleRate,
      int bins,
      int dimension,
      Thresholds thresholds,
      ShortInput shortInput,
      String calibration) {
    Entry {
      requireText("name", name);
      requireText("file", file);
      requirePlain(name + ".file", file);
      calibration = calibration == null ? "" : calibration;
      requirePlain(name + ".calibration", calibration);
      sha256 = sha256 == null ? "" : sha256;
      if (!sha256.matches("([0-9a-f]{64})?")) {
        throw new IllegalArgumentException(
            name + ".sha256: " + sha256 + " is not 64 lower-case hexadecimal digits");
      }
      requireText(name + ".licence", licence);
      requireText(name + ".source", source);
      address = address == null ? "" : address;
      if (!address.isEmpty()) {
        requireDownload(name + ".address", address);
      }
      if (kind == null) {
        throw new IllegalArgumentException(name + ".kind: is missing");
      }
      if (sampleRate != 16_000) {
        throw new IllegalArgumentException(name + ".sampleRate: " + sampleRate + " is not 16000");
      }
      if (bytes < 0 || bins < 0 || dimension < 0) {
        throw new IllegalArgumentException(
            name + ".bytes, .bins, .dimension: must not be negative");
      }
      if (kind != Kind.VAD && (thresholds == null || dimension == 0)) {
        throw new IllegalArgumentException(
            name + ".thresholds.segment and .dimension: needed for a speaker model");
      }
      thresholds = thresholds == null ? Thresholds.NONE : thresholds;
      if (shortInput != null && kind != Kind.WAVEFORM) {
        throw new IllegalArgumentException(
            name + ".shortInput: only a waveform is padded, and this model takes " + kind);
      }
      shortInput = shortInput == null ? ShortInput.AS_IT_IS : shortInput;
    }

    private static void requireDownload(String field, String address) {
      URI uri;
      try {
        uri = new URI(address);
      } catch (URISyntaxException e) {
        throw new IllegalArgumentException(field + ": " + address + " is no address", e);
      }
      if (!"https".equals(uri.getScheme())
          || uri.getHost() == null
          || uri.getUserInfo() != null
          || uri.getFragment() != null) {
        throw new IllegalArgumentException(
            field
                + ": "
                + address
                + " is not https://HOST/PATH without a user name and without a fragment");
      }
    }

    /** The entry as other packages see it. */
    KnownModel known() {
      return new KnownModel(
          name,
          file,
          address.isEmpty() ? Optional.empty() : Optional.of(URI.create(address)),
          sha256,
          digestChecked,
          bytes,
          ships,
          licence,
          source,
          kind.toString(),
          dimension);
    }

    private static void requirePlain(String field, String file) {
      if (file.contains("/") || file.contains("\\")) {
        throw new IllegalArgumentException(field + ": " + file + " is not a plain file name");
      }
    }

    private static void requireText(String field, String text) {
      if (text == null || text.isBlank()) {
        throw new IllegalArgumentException(field + ": is missing");
      }
    }
  }

  static Manifest none() {
    return new Manifest(List.of());
  }

  /**
   * @throws UnusableModel if it cannot be read; says which field is wrong
   */
  static Manifest read(Path file) {
    try {
      return JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build()
          .readValue(Files.readAllBytes(file), Manifest.class);
    } catch (JacksonException e) {
      throw new UnusableModel(
          "The manifest " + file + " is wrong: " + e.getOriginalMessage() + "; correct it.", e);
    } catch (IOException e) {
      throw new UnusableModel(
          "The manifest " + file + " could not be read (" + e + "); check the file.", e);
    }
  }

  Optional<Entry> named(String name) {
    return models.stream().filter(entry -> entry.name().equals(name)).findFirst();
  }

  Optional<Entry> withDigest(String sha256) {
    return models.stream().filter(entry -> entry.sha256().equals(sha256)).findFirst();
  }
}
