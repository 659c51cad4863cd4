package tipline;

import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.api.java.UDF1;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.profiles.ProfileFileSupplier;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.services.sagemakerruntime.SageMakerRuntimeClient;
import software.amazon.awssdk.services.sagemakerruntime.SageMakerRuntimeClientBuilder;
import software.amazon.awssdk.services.sagemakerruntime.model.InvokeEndpointRequest;
import software.amazon.awssdk.services.sagemakerruntime.model.InvokeEndpointResponse;

/**
 * enrich(request STRING) -> STRUCT<reply STRING, code STRING, message STRING, at STRING>: one signed InvokeEndpoint call.
 *
 * A failure is a row too (reply null, code and message set), since an exception would stop the whole query. Compiled by
 * Janino, which knows neither lambdas nor the SDK's self-typed builders: hence no chaining and a few casts.
 */
public class EnrichUdf implements UDF1 {
    private static final int MESSAGE_LIMIT = 500;
    private static SageMakerRuntimeClient client; // one per JVM, shared by its tasks

    private final String endpointUrl;
    private final String endpointName;
    private final String region;
    private final String credentialsFile;
    private final String profile;
    private final long timeoutMs;
    private final int attempts;

    public EnrichUdf(String endpointUrl, String endpointName, String region, String credentialsFile, String profile,
            long timeoutMs, int attempts) {
        this.endpointUrl = endpointUrl;
        this.endpointName = endpointName;
        this.region = region;
        this.credentialsFile = credentialsFile;
        this.profile = profile;
        this.timeoutMs = timeoutMs;
        this.attempts = attempts;
    }

    public Object call(Object request) {
        if (request == null) {
            return null;
        }
        try {
            InvokeEndpointRequest.Builder invocation = InvokeEndpointRequest.builder();
            invocation.endpointName(endpointName);
            invocation.targetModel("enrich");
            invocation.contentType("application/json");
            invocation.accept("application/json");
            invocation.body(SdkBytes.fromUtf8String((String) request));
            InvokeEndpointResponse response = sharedClient(this).invokeEndpoint((InvokeEndpointRequest) invocation.build());
            return row(response.body().asUtf8String(), null, null);
        } catch (RuntimeException error) {
            return row(null, code(error), String.valueOf(error.getMessage()));
        }
    }

    private static Object row(String reply, String code, String message) {
        if (message != null && message.length() > MESSAGE_LIMIT) {
            message = message.substring(0, MESSAGE_LIMIT);
        }
        String now = Instant.now().truncatedTo(ChronoUnit.MILLIS).toString();
        return RowFactory.create(new Object[] {reply, code, message, now});
    }

    private static String code(RuntimeException error) {
        if (error instanceof AwsServiceException) {
            int status = ((AwsServiceException) error).statusCode();
            if (status == 429 || (status >= 502 && status <= 504)) {
                return "overloaded";
            }
            // SageMaker words a missing endpoint as a bad request, and it may be back after a deployment.
            boolean missing = status == 400 && String.valueOf(error.getMessage()).contains("not found");
            return missing || status == 401 || status == 403 || status == 404 ? "denied" : "http_" + status;
        }
        if (error instanceof ApiCallAttemptTimeoutException || error instanceof ApiCallTimeoutException
                || error.getCause() instanceof SocketTimeoutException) {
            return "timeout";
        }
        return "unreachable";
    }

    private static synchronized SageMakerRuntimeClient sharedClient(EnrichUdf settings) {
        if (client == null) {
            client = settings.connect();
        }
        return client;
    }

    private SageMakerRuntimeClient connect() {
        StandardRetryStrategy.Builder retries = (StandardRetryStrategy.Builder) AwsRetryStrategy.standardRetryStrategy().toBuilder();
        retries.maxAttempts(attempts);
        ClientOverrideConfiguration.Builder limits = ClientOverrideConfiguration.builder();
        limits.apiCallAttemptTimeout(Duration.ofMillis(timeoutMs));
        limits.retryStrategy((StandardRetryStrategy) retries.build());
        ApacheHttpClient.Builder http = ApacheHttpClient.builder();
        http.expectContinueEnabled(Boolean.FALSE); // it would cost every call a round trip
        http.connectionTimeout(Duration.ofMillis(timeoutMs));
        http.socketTimeout(Duration.ofMillis(timeoutMs));
        SageMakerRuntimeClientBuilder builder = SageMakerRuntimeClient.builder();
        builder.region(Region.of(region));
        builder.endpointOverride(URI.create(endpointUrl));
        builder.credentialsProvider(credentials());
        builder.overrideConfiguration((ClientOverrideConfiguration) limits.build());
        builder.httpClientBuilder(http);
        return (SageMakerRuntimeClient) builder.build();
    }

    /** The shared-credentials file when there is one (read again when it changes), else the machine's own role. */
    private AwsCredentialsProvider credentials() {
        Path file = Paths.get(credentialsFile, new String[0]);
        if (!Files.exists(file, new java.nio.file.LinkOption[0])) {
            return DefaultCredentialsProvider.create();
        }
        ProfileCredentialsProvider.Builder provider = ProfileCredentialsProvider.builder();
        provider.profileFile(ProfileFileSupplier.reloadWhenModified(file, ProfileFile.Type.CREDENTIALS));
        provider.profileName(profile);
        return provider.build();
    }
}
