<?php

declare(strict_types=1);

/*
 * The runner of a PHP client made by openapi-generator (`-g php`, with Guzzle on libcurl).
 *
 * Traps for everybody who uses such a client, all seen with openapi-generator 7.26.0. The constructor of Account
 * switches the first four off:
 *
 * - Guzzle throws at a status from 400 on, although the outcome is in the body. With http_errors off the client decodes
 *   the body of every status by itself.
 * - Guzzle follows redirects: at a 307 it sends the body of an addition, and the key in it, to wherever the Location
 *   header says.
 * - libcurl keeps connections, and where a kept one turns out to be closed it sends the request again by itself, a POST
 *   too. A deletion that was done then comes back as an unknown id.
 * - Guzzle waits forever unless told how long.
 * - The client's exceptions have the whole URL in their message, and the key with it: never log them as they are.
 * - Half an answer has the status of a whole one: the exception's code is 200, as for an answer that cannot be decoded,
 *   and only libcurl's own code, which Guzzle hands to on_stats, says that it was cut. See Account::failure().
 * - settype() makes true of the text "false" and 0 of a word: an answer in a wrong form may pass for a success.
 * - json_decode() makes a float of a number beyond 64 bits, and the client would send that. See Account::attempt().
 */

use GuzzleHttp\Client;
use GuzzleHttp\TransferStats;
use MailPartner\Api\UnsubscribesApi;
use MailPartner\Configuration;
use MailPartner\Model\UnsubscribeAddition;

require __DIR__ . '/attempts.php';
require __DIR__ . '/codes.php';
require __DIR__ . '/outcomes.php';
require '/usr/share/php/GuzzleHttp/autoload.php';
spl_autoload_register(function (string $class): void {
    $file = $_SERVER['argv'][1] . '/lib/' . strtr(substr($class, strlen('MailPartner\\')), '\\', '/') . '.php';
    if (str_starts_with($class, 'MailPartner\\') && is_file($file)) {
        require $file;
    }
});

/** Makes attempts with the generated client, each with the key of its call. */
final class Account
{
    private Client $http;
    private ?TransferStats $sent = null;

    public function __construct(private string $url, private Outcomes $outcomes)
    {
        $this->http = new Client([
            'http_errors' => false,
            'allow_redirects' => false,
            'timeout' => 30,
            'curl' => [CURLOPT_FORBID_REUSE => true],
            'on_stats' => function (TransferStats $sent): void {
                $this->sent = $sent;
            },
        ]);
    }

    public function attempt(string $operation, array $call): array
    {
        if (!is_int($call['arguments']['id'] ?? 0)) {
            return ['result' => 'not_sent'];
        }
        $this->sent = null;
        $configuration = (new Configuration())->setHost($this->url)->setApiKey('apiKey', $call['key']);
        $api = new UnsubscribesApi($this->http, $configuration);
        try {
            [$answer, $status] = $api->{$operation . 'WithHttpInfo'}(...$this->argumentsOf($operation, $call));
        } catch (\Throwable) {
            return $this->failure();
        }
        return $this->outcomes->of($operation, $answer, $status);
    }

    /** What an exception of the generated client means is said by what Guzzle made of the request, if it sent one. */
    private function failure(): array
    {
        if ($this->sent === null) {
            return ['result' => 'not_sent'];
        }
        return $this->sent->hasResponse() && $this->sent->getHandlerErrorData() === CURLE_OK
            ? $this->outcomes->unreadable($this->sent->getResponse()->getStatusCode())
            : $this->outcomes->noAnswer();
    }

    private function argumentsOf(string $operation, array $call): array
    {
        return match ($operation) {
            'listUnsubscribes' => [],
            'addUnsubscribe' => [
                new UnsubscribeAddition(['api_key' => $call['key'], 'email' => $call['arguments']['email']]),
            ],
            default => [$call['arguments']['id']],
        };
    }
}

/** Says what came of a call. */
final class Runner
{
    public function __construct(private Attempts $attempts)
    {
    }

    public function report(array $call): array
    {
        if (in_array('xml', $call['needs'], true)) {
            return ['cannot' => 'the JSON-only profile has no XML'];
        }
        $said = $this->attempts->carryOut($call);
        $unchecked = in_array('check', $call['needs'], true) && $said['result'] !== 'not_sent';
        return $unchecked ? ['cannot' => 'the generated client does not check this argument'] : $said;
    }
}

function read(string $file): array
{
    return json_decode(file_get_contents($file), true, flags: JSON_THROW_ON_ERROR);
}

$account = new Account(getenv('CONFORMANCE_URL'), new Outcomes(new Codes(read(getenv('SPEC')))));
$runner = new Runner(new Attempts($account));
foreach (read(getenv('CONFORMANCE_CALLS')) as $call) {
    echo json_encode(['case' => $call['case']] + $runner->report($call), JSON_THROW_ON_ERROR), "\n";
}
