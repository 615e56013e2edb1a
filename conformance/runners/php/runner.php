<?php

declare(strict_types=1);

/*
 * The runner of a PHP client made by openapi-generator (`-g php`, with Guzzle on libcurl).
 *
 * Traps for everybody who uses such a client, all seen with openapi-generator 7.26.0. The constructor of Account
 * switches the first five off:
 *
 * - Guzzle throws at a status from 400 on, although the outcome is in the body. With http_errors off the client decodes
 *   the body of every status by itself.
 * - Guzzle follows redirects: at a 307 it sends the body of an addition, and the key in it, to wherever the Location
 *   header says.
 * - libcurl keeps connections, and where a kept one turns out to be closed it sends the request again by itself, a POST
 *   too. A deletion that was done then comes back as an unknown id.
 * - Guzzle waits forever unless told how long.
 * - libcurl gives an answer up whose Content-Encoding it does not know, such as UTF-8, unless decode_content is off.
 * - The client's exceptions have the whole URL in their message, and the key with it: never log them as they are.
 * - Half an answer has the status of a whole one: the exception's code is 200, as for an answer that cannot be decoded,
 *   and only libcurl's own code, which Guzzle hands to on_stats, says that it was cut. See Account::failure().
 * - settype() makes true of the text "false" and 0 of a word: an answer in a wrong form may pass for a success. Of an
 *   object it makes 1, with a warning, which is made an exception here.
 * - json_decode() makes a float of a number beyond 64 bits, and the client would send that. See Account::arguments().
 */

use GuzzleHttp\Client;
use GuzzleHttp\TransferStats;
use MailPartner\Configuration;
use MailPartner\ObjectSerializer;

require __DIR__ . '/attempts.php';
require __DIR__ . '/contract.php';
require __DIR__ . '/outcomes.php';
require '/usr/share/php/GuzzleHttp/autoload.php';
spl_autoload_register(function (string $class): void {
    $file = $_SERVER['argv'][1] . '/lib/' . strtr(substr($class, strlen('MailPartner\\')), '\\', '/') . '.php';
    if (str_starts_with($class, 'MailPartner\\') && is_file($file)) {
        require $file;
    }
});

set_error_handler(fn (int $level, string $text) => throw new \ErrorException($text), E_WARNING);

/** Makes attempts with the generated client, each with the key of its call. */
final class Account
{
    private Client $http;
    private ?TransferStats $sent = null;

    public function __construct(private string $url, private Contract $contract, private Outcomes $outcomes)
    {
        $this->http = new Client([
            'http_errors' => false,
            'allow_redirects' => false,
            'decode_content' => false,
            'timeout' => 30,
            'curl' => [CURLOPT_FORBID_REUSE => true],
            'on_stats' => function (TransferStats $sent): void {
                $this->sent = $sent;
            },
        ]);
    }

    public function attempt(string $operation, array $call): array
    {
        $this->sent = null;
        $configuration = (new Configuration())->setHost($this->url)->setApiKey('apiKey', $call['key']);
        $class = 'MailPartner\\Api\\' . $this->contract->group($operation) . 'Api';
        $api = new $class($this->http, $configuration);
        try {
            [$answer, $status] = $api->{$operation . 'WithHttpInfo'}(...$this->arguments($operation, $call));
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

    /** The arguments by the names of the generated parameters; a body is one, by the name of its schema. */
    private function arguments(string $operation, array $call): array
    {
        if (array_filter($call['arguments'], is_float(...))) {
            throw new \RangeException('a number beyond 64 bits');
        }
        $body = $this->contract->body($operation);
        if ($body === null) {
            return $this->named($call['arguments']);
        }
        $fields = (object) (['apiKey' => $call['key']] + $call['arguments']);
        return $this->named([$body => ObjectSerializer::deserialize($fields, "\\MailPartner\\Model\\$body")]);
    }

    /** The same with names as PHP's generator writes them: unsubscribe_addition. */
    private function named(array $arguments): array
    {
        $names = preg_replace('/(?<=[a-z0-9])(?=[A-Z])/', '_', array_keys($arguments));
        return array_combine(array_map(strtolower(...), $names), array_values($arguments));
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
        if (in_array('xml', $call['requires'], true)) {
            return ['unsupported' => 'the JSON-only profile has no XML'];
        }
        if (in_array('look-up', $call['requires'], true)) {
            return ['unsupported' => 'a generated client makes no second call by itself'];
        }
        return $this->attempts->carryOut($call);
    }
}

function read(string $file): array
{
    return json_decode(file_get_contents($file), true, flags: JSON_THROW_ON_ERROR);
}

$contract = new Contract(read(getenv('SPEC')));
$account = new Account(getenv('CONFORMANCE_URL'), $contract, new Outcomes($contract));
$runner = new Runner(new Attempts($account, $contract));
foreach (read(getenv('CONFORMANCE_CALLS')) as $call) {
    echo json_encode(['case' => $call['case']] + $runner->report($call), JSON_THROW_ON_ERROR), "\n";
}
