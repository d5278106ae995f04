package io.turnwise.app;

import io.turnwise.inference.model.Model;
import io.turnwise.inference.model.ModelCatalog;
import io.turnwise.inference.model.UnusableModel;
import picocli.CommandLine.Option;

/** The one model that a command without a topology runs; a mixin. */
public final class ModelOption {
  @Option(
      names = "--model",
      paramLabel = "NAME|PATH",
      defaultValue = ModelCatalog.DEFAULT,
      description = "A model of models/manifest.json, or an ONNX file (default: ${DEFAULT-VALUE}).")
  private String model;

  /**
   * The model that is meant.
   *
   * @throws UnusableModel if it is not there, or is not what the manifest says
   */
  public Model find() {
    return Installation.models().find(model);
  }
}
