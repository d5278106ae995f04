package io.turnwise.testing;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.testcontainers.DockerClientFactory;

/**
 * A schema registry server that speaks Confluent's REST API, with global compatibility BACKWARD:
 * Confluent's own in a container where a Docker engine answers, else Apicurio as a process.
 */
public interface RegistryServer extends AutoCloseable {

  /** Starts the one this machine can run. */
  static RegistryServer start() {
    return DockerClientFactory.instance().isDockerAvailable()
        ? ConfluentContainers.start()
        : ApicurioProcess.start();
  }

  /** What {@code schema.registry.url} must be. */
  String registryUrl();

  /** What was started, and why this one. */
  String describe();

  @Override
  void close();

  /** Sets the compatibility a new version of any subject must keep to the ones before. */
  static void setCompatibility(String registryUrl, String level) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(registryUrl + "/config"))
            .header("Content-Type", "application/vnd.schemaregistry.v1+json")
            .PUT(HttpRequest.BodyPublishers.ofString("{\"compatibility\":\"" + level + "\"}"))
            .build();
    try {
      HttpResponse<String> answer =
          HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new IllegalStateException(
            "registry refused compatibility " + level + ": " + answer.body());
      }
    } catch (IOException e) {
      throw new IllegalStateException("registry does not answer at " + registryUrl, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
