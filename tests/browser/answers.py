"""Answers as the gateway sends them, for the widget to show."""

from typing import Any

SURRENDER_VALUE: dict[str, Any] = {
    "text": "The surrender value is the money that the insurer pays when a policy is closed early. ...",
    "card": {
        "title": "Surrender value of a life insurance policy",
        "definition": "The surrender value is the money that the insurer pays when a policy is closed before its end.",
        "details": [
            "The guaranteed value stands in the contract.",
            "The special value is set each year and is never below the guaranteed one.",
            "After one full year's premium there is a surrender value from the end of the first year.",
        ],
        "script": "If you close it now, you get a good bit less than what you have paid in. Let me get the exact "
        "figure in writing first, and look at a loan on the policy with you.",
        "link": {"title": "Endowment policy", "url": "/articles/endowment-policy"},
    },
    "citations": [
        {
            "title": "Surrender value of a life insurance policy",
            "url": "/articles/surrender-value",
            "quote": "The surrender value is the money that the insurer pays when a policy is closed early.",
            "place": "Definition",
        },
        {
            "title": "Surrender value of a life insurance policy",
            "url": "/articles/surrender-value",
            "quote": "The insurer pays the higher of two values.",
            "place": "Two values",
        },
    ],
    "choices": [{"id": "c1", "title": "That helped"}, {"id": "c2", "title": "Not what I meant"}],
    "language": "en",
}

TERM_PLAN_IN_HINDI: dict[str, Any] = {
    "text": "टर्म इंश्योरेंस सिर्फ़ सुरक्षा देता है।",
    "card": {
        "title": "टर्म इंश्योरेंस और एंडोमेंट में फ़र्क",
        "definition": "टर्म इंश्योरेंस सिर्फ़ सुरक्षा देता है: अवधि के भीतर मृत्यु होने पर परिवार को बीमा राशि मिलती है। एंडोमेंट पॉलिसी "
        "सुरक्षा के साथ बचत भी जोड़ती है, इसलिए उसी बीमा राशि के लिए उसका प्रीमियम कहीं ज़्यादा होता है।",
        "details": [
            "टर्म इंश्योरेंस में अवधि पूरी होने पर कुछ वापस नहीं मिलता, जब तक कि योजना में प्रीमियम वापसी न लिखी हो।",
            "एंडोमेंट में परिपक्वता पर बीमा राशि और घोषित बोनस मिलते हैं।",
            "दोनों में नामांकन करना और स्वास्थ्य की सही जानकारी देना ज़रूरी है।",
        ],
        "script": "भाई साहब, टर्म प्लान परिवार की सुरक्षा के लिए है, और एंडोमेंट में सुरक्षा के साथ थोड़ी बचत भी हो जाती है। पहले यह तय "
        "कर लेते हैं कि आपके बाद घर चलाने के लिए कितनी रकम चाहिए, फिर बचत की बात करेंगे।",
        "link": {"title": "एंडोमेंट पॉलिसी", "url": "/articles/endowment-policy"},
    },
    "citations": [
        {
            "title": "टर्म इंश्योरेंस",
            "url": "/articles/surrender-value",
            "quote": "पॉलिसी बीच में बंद करने पर जो रकम मिलती है, वही सरेंडर वैल्यू है।",
        }
    ],
    "choices": [{"id": "c1", "title": "काम आ गया"}, {"id": "c2", "title": "यह नहीं पूछा था"}],
    "language": "hi",
}
