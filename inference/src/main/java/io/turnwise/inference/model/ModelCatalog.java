package io.turnwise.inference.model;

import java.nio.file.Path;
import java.util.List;

/** Where models are looked up, by name or by path. */
public final class ModelCatalog {
  /** Name of the model that is taken where none is named. */
  public static final String DEFAULT = "turnwise-starter";

  /**
   * @param folders folders that hold model files, in the order they are searched; the first {@code
   *     manifest.json} found in them names the models
   */
  public ModelCatalog(List<Path> folders) {}

  /**
   * The folders of a run: the folder {@code TURNWISE_MODELS} names, if set, {@code models} of the
   * installation, the user's cache.
   */
  public static ModelCatalog of(Path installation) {
    throw new IllegalStateException("stub");
  }

  /**
   * Reads and verifies a model. A path (contains a separator, or ends with .onnx, and the file
   * exists) needs no entry in the manifest; where the file's digest has one, its name and
   * thresholds apply.
   *
   * @throws UnusableModel if it is not there, is not what the manifest says, or has no known
   *     contract; the message says what, where and what to do
   */
  public Model find(String nameOrPath) {
    throw new IllegalStateException("stub");
  }
}
